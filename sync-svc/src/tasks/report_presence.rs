//! Tells room-svc who is in rooms. A failure is retried with backoff; meanwhile lists show the rooms as they were.

use std::sync::Arc;

use runtime::{OnFailure, Tasks};

use crate::app::{App, REPORT_EVERY};

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("presence reports", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut every = tokio::time::interval(REPORT_EVERY);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    _ = every.tick() => app.report_presence().await?,
                    () = &mut soft => return Ok(()),
                }
            }
        }
    });
}
