//! Removes the objects of deleted uploads, sweeps every hour, and ends the requests that send files when the process stops.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Shutdown, Tasks};

use crate::app::uploads::Uploads;

/// How often the task looks: for objects that another replica left, and whether the hour is over.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Starts it. While it fails, objects stay in the store, and everything works all the same, so it is started again.
pub(crate) fn spawn(tasks: &mut Tasks, uploads: &Arc<Uploads>) {
    let sweeping = uploads.clone();
    tasks.spawn("look after uploads", OnFailure::Restart, move |shutdown| {
        let uploads = sweeping.clone();
        async move { run(&uploads, shutdown).await }
    });
    if !uploads.config.clamd.is_empty() {
        let scanning = uploads.clone();
        tasks.spawn("have uploads scanned", OnFailure::Restart, move |shutdown| {
            let uploads = scanning.clone();
            async move { scan(&uploads, shutdown).await }
        });
    }
    let closing = uploads.clone();
    tasks.spawn("end uploads at a stop", OnFailure::Restart, move |shutdown| {
        let uploads = closing.clone();
        async move {
            shutdown.soft().await;
            // What arrived is stored, and the clients go on at another replica.
            uploads.writers.close().await;
            Ok(())
        }
    });
}

async fn run(uploads: &Uploads, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut soft = std::pin::pin!(shutdown.soft());
    loop {
        while uploads.remove_next().await? {
            if shutdown.has_begun() {
                return Ok(());
            }
        }
        uploads.sweep().await?;
        tokio::select! {
            () = uploads.removed.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = &mut soft => return Ok(()),
        }
    }
}

async fn scan(uploads: &Uploads, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut soft = std::pin::pin!(shutdown.soft());
    loop {
        let scanned = tokio::select! {
            scanned = uploads.scan_next() => scanned?,
            () = &mut soft => return Ok(()),
        };
        if scanned {
            continue;
        }
        tokio::select! {
            () = uploads.completed.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = &mut soft => return Ok(()),
        }
    }
}
