//! Keeps presence true: rooms whose reports stopped are emptied, and rooms whose owners do not come back get another one. A
//! failure is retried; meanwhile lists show people who have gone.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::app::App;

const EVERY: Duration = Duration::from_secs(15);

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("presence", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut every = tokio::time::interval(EVERY);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    _ = every.tick() => {}
                    () = &mut soft => return Ok(()),
                }
                app.forget_stale_presence().await?;
                app.replace_gone_owners().await?;
            }
        }
    });
}
