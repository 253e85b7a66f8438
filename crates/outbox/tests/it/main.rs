//! The outbox on a real PostgreSQL, with a schema and events of its own. room-svc's tests cover one group through its RPCs.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod groups;
mod world;
