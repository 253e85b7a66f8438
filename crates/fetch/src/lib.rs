#![doc = include_str!("../README.md")]

mod client;
mod error;
mod reach;
mod read;
mod resolver;
mod response;
mod target;

pub use client::{Client, Want};
pub use error::Error;
pub use reach::Reach;
pub use read::Piece;
pub use response::Fetched;
pub use target::{InvalidUrl, check_url, follow};

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;
