//! The service through its own RPCs, with fakes of room-svc and sync-svc, its records in memory and on Redis, and a real coturn.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod hosts;
mod joining;
mod leaving;
mod media_server;
mod muting;
mod replicas;
mod reports;
mod turn;
mod world;
