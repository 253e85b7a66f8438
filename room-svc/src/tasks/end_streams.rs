//! Ends the streams of events when the service stops: they have no end of their own, and the server waits for them. What
//! they give back to the database is done when this task is, before the process closes its connections.

use runtime::{OnFailure, Tasks};

use crate::app::Wake;

/// Starts it. It cannot fail.
pub(crate) fn spawn(tasks: &mut Tasks, wake: Wake) {
    tasks.spawn("end event streams", OnFailure::Restart, move |shutdown| {
        let wake = wake.clone();
        async move {
            shutdown.soft().await;
            wake.close().await;
            Ok(())
        }
    });
}
