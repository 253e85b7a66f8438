#![doc = include_str!("../README.md")]

mod request_body;

pub use request_body::settle_request_body;
