#![doc = include_str!("../README.md")]

mod error;
mod hop_by_hop;
mod range;
mod request_body;
mod signature;

pub use error::ApiError;
pub use hop_by_hop::drop_hop_by_hop;
pub use range::{Part, part};
pub use request_body::settle_request_body;
pub use signature::{Claims, LinkError, Signer, generate_secret};
