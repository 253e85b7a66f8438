//! Ends the subscriptions when the service stops, so that gateways change to another replica and the listener can close.
//! Cannot fail.

use std::sync::Arc;

use runtime::{OnFailure, Tasks};

use crate::app::App;

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("end of streams", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            shutdown.soft().await;
            app.stopping.send_replace(true);
            Ok(())
        }
    });
}
