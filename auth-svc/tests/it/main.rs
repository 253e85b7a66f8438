//! auth-svc through its own RPCs, on a real database.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod accounts;
mod guests;
mod hold;
mod opaque;
mod process;
mod sessions;
mod tokens;
mod world;
