//! Handles rooms whose owners are absent for too long. A failure for one room is retried with backoff, while the room needs
//! it.

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use runtime::{OnFailure, Tasks};

use crate::app::App;

/// Concurrent rooms: each may wait for room-svc.
const AT_ONCE: usize = 8;

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("absent owners", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    () = app.absences.due(&app.clock) => {}
                    () = &mut soft => return Ok(()),
                }
                let now_us = app.clock.now_us();
                let rooms: Vec<_> = std::iter::from_fn(|| app.absences.take_due(now_us)).collect();
                let looked_after = stream::iter(rooms).for_each_concurrent(AT_ONCE, |room| {
                    let app = &app;
                    async move {
                        if let Err(error) = app.look_after_owner(room).await {
                            tracing::warn!(%error, %room, "cannot act on the absence of an owner; retrying");
                        }
                    }
                });
                tokio::select! {
                    () = looked_after => {}
                    () = &mut soft => return Ok(()),
                }
            }
        }
    });
}
