//! Table `auth.login_failures`.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::domain::{Guesses, NameHash};

/// Reads the guesses at a name and locks its row until the transaction ends.
pub(crate) async fn lock(
    db: &mut PgConnection,
    name: &NameHash,
    now: DateTime<Utc>,
) -> sqlx::Result<Guesses> {
    // The upsert changes nothing. It creates a missing row and locks an existing one.
    let (count, last_at) = sqlx::query_as(
        "INSERT INTO auth.login_failures (name_hash, count, last_at) VALUES ($1, 0, $2)
         ON CONFLICT (name_hash) DO UPDATE SET count = login_failures.count RETURNING count, last_at",
    )
    .bind(name)
    .bind(now)
    .fetch_one(db)
    .await?;
    Ok(Guesses { count, last_at })
}

/// Stores the new count.
pub(crate) async fn set(db: &mut PgConnection, name: &NameHash, guesses: Guesses) -> sqlx::Result<()> {
    sqlx::query("UPDATE auth.login_failures SET count = $2, last_at = $3 WHERE name_hash = $1")
        .bind(name)
        .bind(guesses.count)
        .bind(guesses.last_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes the guesses at a name.
pub(crate) async fn forget(db: &mut PgConnection, name: &NameHash) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM auth.login_failures WHERE name_hash = $1").bind(name).execute(db).await?;
    Ok(())
}

/// Deletes the counts of names without a guess since this time.
pub(crate) async fn delete_older(pool: &PgPool, than: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM auth.login_failures WHERE last_at <= $1")
        .bind(than)
        .execute(pool)
        .await?
        .rows_affected())
}
