//! The media server with real clients over loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod hearing;
mod house;
mod leaving;
mod refusing;
