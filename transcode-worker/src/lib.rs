#![doc = include_str!("../README.md")]

mod calls;
mod child;
mod cli;
mod config;
mod encode;
mod error;
mod failure;
mod file;
pub mod index;
mod limited;
pub mod mp4;
mod original;
pub mod packets;
mod probe;
mod report;
mod service;
mod source;
mod usage;

pub use cli::{Libav, run};
pub use config::Config;
pub use error::{Error, Result};
pub use probe::ProbeRequest;
pub use service::{Deps, Worker, build, serve};
pub use source::{Served, Source};
