//! Hears of events that other replicas have committed, and wakes the readers that are here.

use anyhow::Context as _;
use runtime::{OnFailure, Shutdown, Tasks};
use sqlx::{PgPool, postgres::PgListener};

use crate::{app::Wake, store::outbox::CHANNEL};

/// Starts it. While it fails, readers find those events by looking now and then, so it is started again.
pub(crate) fn spawn(tasks: &mut Tasks, pool: PgPool, wake: Wake) {
    tasks
        .spawn("hear commits", OnFailure::Restart, move |shutdown| run(pool.clone(), wake.clone(), shutdown));
}

async fn run(pool: PgPool, wake: Wake, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut listener =
        PgListener::connect_with(&pool).await.context("cannot listen for events of other replicas")?;
    listener.listen(CHANNEL).await.context("cannot listen for events of other replicas")?;
    loop {
        tokio::select! {
            // `None`: the connection was lost, and notifications with it perhaps.
            heard = listener.try_recv() => {
                heard.context("cannot hear of events of other replicas")?;
                wake.committed();
            }
            () = shutdown.soft() => return Ok(()),
        }
    }
}
