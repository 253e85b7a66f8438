//! Keeps the queue of tasks in order.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Shutdown, Tasks};
use tokio::time::MissedTickBehavior;

use crate::{app::App, error::Result};

/// How often leases of workers that no longer report are ended.
const LEASES_EVERY: Duration = Duration::from_secs(5);
/// How often what is over is forgotten, and some uploads are compared with their objects.
const STORE_EVERY: Duration = Duration::from_mins(10);

/// Starts it. While it fails, workers that ask for tasks end leases all the same, so it is started again.
pub(crate) fn spawn(tasks: &mut Tasks, app: &Arc<App>) {
    let app = app.clone();
    tasks.spawn("tend the queue of tasks", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move { Ok(run(&app, shutdown).await?) }
    });
}

async fn run(app: &App, shutdown: Shutdown) -> Result<()> {
    let [mut leases, mut store] = [LEASES_EVERY, STORE_EVERY].map(|every| {
        let mut interval = tokio::time::interval(every);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    });
    let mut soft = std::pin::pin!(shutdown.soft());
    loop {
        tokio::select! {
            _ = leases.tick() => app.tend_leases().await?,
            _ = store.tick() => app.tend_store().await?,
            () = &mut soft => return Ok(()),
        }
    }
}
