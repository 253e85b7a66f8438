//! The service through its own RPCs, on real PostgreSQL, with its logs in memory and on Redis.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod advance;
mod auto_start;
mod bad_input;
mod chat;
mod commands;
mod owners;
mod policy;
mod presence;
mod process;
mod recovery;
mod replicas;
mod room_events;
mod room_svc;
mod sessions;
mod skip;
mod subscriptions;
mod world;

/// Runs each test with logs in memory and on Redis.
macro_rules! over_both {
    ($($test:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(crate::world::World::in_memory().await).await;
            })*
        }
        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(crate::world::World::on_redis().await).await;
            })*
        }
    };
}
use over_both;
