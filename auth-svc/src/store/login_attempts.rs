//! Table `auth.login_attempts`.

use chrono::{DateTime, Utc};
use ids::UserId;
use sqlx::PgPool;
use uuid::Uuid;

use crate::domain::{NameHash, TokenHash};

/// A sign-in between its start and its finish.
pub(crate) struct Attempt {
    pub(crate) name_hash: NameHash,
    /// None: no account has the name.
    pub(crate) account: Option<UserId>,
    pub(crate) state: Vec<u8>,
}

/// Stores an attempt until its finish.
pub(crate) async fn insert(
    pool: &PgPool,
    hash: &TokenHash,
    attempt: &Attempt,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO auth.login_attempts (hash, name_hash, account_id, state, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(hash)
        .bind(attempt.name_hash)
        .bind(attempt.account.map(UserId::uuid))
        .bind(&attempt.state)
        .bind(expires_at)
        .execute(pool)
        .await?;
    Ok(())
}

/// Removes and returns an attempt, so that it can be finished once. None when it is unknown or expired.
pub(crate) async fn take(
    pool: &PgPool,
    hash: &TokenHash,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Attempt>> {
    let row: Option<(NameHash, Option<Uuid>, Vec<u8>)> =
        sqlx::query_as("DELETE FROM auth.login_attempts WHERE hash = $1 AND expires_at > $2 RETURNING name_hash, account_id, state")
            .bind(hash)
            .bind(now)
            .fetch_optional(pool)
            .await?;
    Ok(row.map(|(name_hash, account, state)| Attempt {
        name_hash,
        account: account.map(UserId::from),
        state,
    }))
}

/// Deletes expired attempts.
pub(crate) async fn delete_expired(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM auth.login_attempts WHERE expires_at <= $1")
        .bind(now)
        .execute(pool)
        .await?
        .rows_affected())
}
