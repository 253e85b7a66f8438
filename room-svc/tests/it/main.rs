//! room-svc through its own RPCs, on a real database.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod chat;
mod members;
mod outbox;
mod playlist;
mod process;
mod rooms;
mod tickets;
mod world;
