//! The running system from outside, in both shapes: one process, and a process for each service. Also the rules of the
//! repository itself: layers, calls between services, documents, charts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod access_matrix;
mod appliance;
mod bad_input;
mod browser;
mod charts;
mod command;
mod conformance;
mod crash;
mod documents;
mod films;
mod hls_facts;
mod layering;
mod limits;
mod logs;
mod openapi;
mod outages;
mod room_passwords;
mod syncplay;
mod watching;

/// Defines each test twice: once for each shape of the system.
macro_rules! in_both_shapes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        mod one_process {
            $(#[tokio::test]
            async fn $name() -> anyhow::Result<()> {
                super::$name(e2e::Shape::One).await
            })*
        }
        mod split {
            $(#[tokio::test]
            async fn $name() -> anyhow::Result<()> {
                super::$name(e2e::Shape::Split).await
            })*
        }
    };
}
pub(crate) use in_both_shapes;
