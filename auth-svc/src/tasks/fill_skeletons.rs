//! Fills `username_skeleton` of accounts that an older version made. It repeats from time to time, since during an upgrade
//! the older version still makes accounts. A failure is logged and retried.

use std::time::Duration;

use chrono::DateTime;
use ids::UserId;
use runtime::{OnFailure, Shutdown, Tasks};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{domain::Username, store::accounts};

const EVERY: Duration = Duration::from_mins(10);

/// Starts the task. Its first pass begins at once.
pub(crate) fn spawn(tasks: &mut Tasks, pool: PgPool) {
    tasks.spawn("fill username skeletons", OnFailure::Restart, move |shutdown| run(pool.clone(), shutdown));
}

async fn run(pool: PgPool, shutdown: Shutdown) -> anyhow::Result<()> {
    loop {
        pass(&pool).await?;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = shutdown.soft() => return Ok(()),
        }
    }
}

/// Reads in pages, because accounts whose skeleton is taken stay without one and must not be read again and again.
async fn pass(pool: &PgPool) -> sqlx::Result<()> {
    let mut place = (DateTime::UNIX_EPOCH, UserId::from(Uuid::nil()));
    loop {
        let page = accounts::without_skeleton(pool, place).await?;
        let Some((created_at, id, _)) = page.last() else { return Ok(()) };
        place = (*created_at, *id);
        for (_, id, username) in &page {
            if !accounts::set_skeleton(pool, *id, &Username::new(username).looks()).await? {
                tracing::debug!(account = %id, "its name looks like that of an older account");
            }
        }
    }
}
