//! Runs timed steps: ends holds whose limit is over, changes to the item that follows. A failure for one room is retried;
//! meanwhile the next input to that room ends its hold.

use std::sync::Arc;

use runtime::{OnFailure, Tasks};
use tokio::task::JoinSet;

use crate::app::App;

/// Concurrent rooms: a room that waits for room-svc does not delay the others.
const MOST_AT_ONCE: usize = 256;

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("time of rooms", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut soft = std::pin::pin!(shutdown.soft());
            let mut running = JoinSet::new();
            loop {
                tokio::select! {
                    () = app.timers.due(&app.clock), if running.len() < MOST_AT_ONCE => {}
                    Some(_) = running.join_next() => continue,
                    () = &mut soft => return Ok(()),
                }
                while running.len() < MOST_AT_ONCE
                    && let Some(room) = app.timers.take_due(app.clock.now_us())
                {
                    let app = app.clone();
                    running.spawn(async move { app.time_passed(room).await });
                }
            }
        }
    });
}
