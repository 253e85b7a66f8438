//! What both kinds of store must do alike.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod conformance;
mod memory;
mod model;
mod redis;

use bytes::Bytes;
use futures::{StreamExt as _, stream::BoxStream};
use state::{Append, Delivery, Outcome, State};

/// A step with events named by their numbers.
fn step(expected_version: u64, first_seq: u64, events: u64) -> Append {
    Append {
        expected_version,
        state: format!("state after {}", first_seq + events - 1).into(),
        first_seq,
        events: (first_seq..first_seq + events).map(event).collect(),
        notices: Vec::new(),
        idempotency: None,
        keep: 1000,
    }
}

fn event(seq: u64) -> Bytes {
    format!("event {seq}").into()
}

/// The version after a step that must succeed.
async fn appended(state: &State, room: &str, step: Append) -> u64 {
    match state.log.append(room, step).await.unwrap() {
        Outcome::Appended(version) => version,
        other => panic!("not appended: {other:?}"),
    }
}

/// The next delivery; a store that delivers nothing fails instead of hanging.
async fn next(deliveries: &mut BoxStream<'static, Delivery>) -> Delivery {
    tokio::time::timeout(std::time::Duration::from_mins(1), deliveries.next())
        .await
        .expect("a delivery")
        .expect("no end")
}
