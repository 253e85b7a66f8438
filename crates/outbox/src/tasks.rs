//! Background work of an outbox.

use anyhow::Context as _;
use runtime::{OnFailure, Shutdown, Tasks};
use sqlx::postgres::PgListener;

use crate::{Outbox, table::channel};

/// Starts both tasks.
pub(crate) fn spawn(tasks: &mut Tasks, outbox: &Outbox) {
    let listener = outbox.clone();
    // While it fails, readers find events of other replicas by polling.
    tasks.spawn("listen for commits", OnFailure::Restart, move |shutdown| listen(listener.clone(), shutdown));
    // Streams have no end of their own, and the server waits for them. When this task ends they have released their
    // events, before the process closes its connections.
    let wake = outbox.wake.clone();
    tasks.spawn("end event streams", OnFailure::Restart, move |shutdown| {
        let wake = wake.clone();
        async move {
            shutdown.soft().await;
            wake.close().await;
            Ok(())
        }
    });
}

/// Wakes the readers of this process when another replica commits events.
async fn listen(outbox: Outbox, shutdown: Shutdown) -> anyhow::Result<()> {
    const ATTEMPT: &str = "cannot listen for events of other replicas";
    let mut listener = PgListener::connect_with(&outbox.pool).await.context(ATTEMPT)?;
    listener.listen(&channel(outbox.table.schema)).await.context(ATTEMPT)?;
    loop {
        tokio::select! {
            // `None`: the connection was lost, and perhaps notifications with it.
            notified = listener.try_recv() => {
                notified.context(ATTEMPT)?;
                outbox.wake.committed();
            }
            () = shutdown.soft() => return Ok(()),
        }
    }
}
