//! Deletes invites that expired a while ago. Only the size of the table depends on it, since every read checks the expiry
//! itself. A failure is retried.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::app::App;

const EVERY: Duration = Duration::from_mins(10);

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("forget expired invites", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            loop {
                let deleted = app.forget_expired_invites().await?;
                if deleted > 0 {
                    tracing::info!(deleted, "deleted expired invites");
                }
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = shutdown.soft() => return Ok(()),
                }
            }
        }
    });
}
