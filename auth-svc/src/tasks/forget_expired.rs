//! Deletes expired rows. Only the size of the tables depends on it, since every read checks the expiry itself. A
//! failure is logged and retried.

use std::time::Duration;

use runtime::{Clock, OnFailure, Shutdown, Tasks};
use sqlx::PgPool;

use crate::{
    domain::REMEMBERED_FOR,
    store::{login_attempts, login_failures, refresh_tokens, sessions},
};

/// Time between two passes.
const EVERY: Duration = Duration::from_mins(1);

/// Starts the task. Its first pass begins at once.
pub(crate) fn spawn(tasks: &mut Tasks, pool: PgPool, clock: Clock) {
    tasks.spawn("forget expired sessions", OnFailure::Restart, move |shutdown| {
        run(pool.clone(), clock.clone(), shutdown)
    });
}

async fn run(pool: PgPool, clock: Clock, shutdown: Shutdown) -> anyhow::Result<()> {
    loop {
        pass(&pool, &clock).await?;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = shutdown.soft() => return Ok(()),
        }
    }
}

async fn pass(pool: &PgPool, clock: &Clock) -> sqlx::Result<()> {
    let now = clock.now();
    let deleted = login_attempts::delete_expired(pool, now).await?
        + login_failures::delete_older(pool, now - REMEMBERED_FOR).await?
        + refresh_tokens::delete_expired(pool, now).await?
        + sessions::delete_expired(pool, now).await?;
    if deleted > 0 {
        tracing::debug!(deleted, "deleted expired rows");
    }
    Ok(())
}
