//! Stores waiting checkpoints. A failure is retried and loses nothing; where only a checkpoint makes a command durable, its
//! sender waits.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::app::App;

/// Changes of a room within this time are stored as one.
const EVERY: Duration = Duration::from_millis(200);

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("checkpoints", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut every = tokio::time::interval(EVERY);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    _ = every.tick() => app.checkpoints.flush().await?,
                    () = &mut soft => break,
                }
            }
            Ok(app.checkpoints.flush().await?)
        }
    });
}
