//! The gateway in front of small stand-ins for the services, which keep to the contract. The real ones are behind it in
//! the end-to-end tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod access;
mod assets;
mod bad_frames;
mod calls;
mod connections;
mod contract;
mod cors;
mod early_answers;
mod fakes;
mod forwarded;
mod heartbeats;
mod http;
mod keys;
mod limits;
mod links;
mod openapi;
mod realtime;
mod resync;
mod series;
mod signals;
mod tokens;
mod world;
