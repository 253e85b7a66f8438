//! Ends rooms that have expired, and forgets what is no longer used. A failure is retried; meanwhile it stays.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::app::App;

const EVERY: Duration = Duration::from_mins(1);

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("clean-up of rooms", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut every = tokio::time::interval(EVERY);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    _ = every.tick() => {}
                    () = &mut soft => return Ok(()),
                }
                app.end_expired_rooms().await?;
                app.forget_gone_guests().await?;
                app.forget_old_records().await?;
            }
        }
    });
}
