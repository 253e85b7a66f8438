//! Table `auth.login_failures`.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::domain::{Guesses, NameHash};

/// The guesses at a name so far, its row locked until the transaction ends.
pub(crate) async fn lock(
    db: &mut PgConnection,
    name: &NameHash,
    now: DateTime<Utc>,
) -> sqlx::Result<Guesses> {
    // An update that changes nothing: it makes the row where there is none, and locks it where there is one.
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

/// Writes down how many there are now.
pub(crate) async fn set(db: &mut PgConnection, name: &NameHash, guesses: Guesses) -> sqlx::Result<()> {
    sqlx::query("UPDATE auth.login_failures SET count = $2, last_at = $3 WHERE name_hash = $1")
        .bind(name)
        .bind(guesses.count)
        .bind(guesses.last_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets the guesses at a name.
pub(crate) async fn forget(db: &mut PgConnection, name: &NameHash) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM auth.login_failures WHERE name_hash = $1").bind(name).execute(db).await?;
    Ok(())
}

/// Forgets the guesses at names that nobody has guessed at since.
pub(crate) async fn delete_older(pool: &PgPool, than: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM auth.login_failures WHERE last_at <= $1")
        .bind(than)
        .execute(pool)
        .await?
        .rows_affected())
}
