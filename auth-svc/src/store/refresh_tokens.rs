//! Table `auth.refresh_tokens`.

use chrono::{DateTime, Utc};
use ids::UserId;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

use crate::domain::{Session, Subject, TokenHash};

/// A refresh token with the session that it belongs to.
pub(crate) struct Held {
    pub(crate) session: Session,
    pub(crate) used: bool,
    pub(crate) revoked: bool,
    pub(crate) expires_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    subject_id: String,
    account_id: Option<Uuid>,
    kind: String,
    name: String,
    room_id: Option<String>,
    used: bool,
    revoked: bool,
    expires_at: DateTime<Utc>,
}

/// Keeps a new token's hash.
pub(crate) async fn insert(
    db: &mut PgConnection,
    hash: &TokenHash,
    session: Uuid,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO auth.refresh_tokens (hash, session_id, expires_at) VALUES ($1, $2, $3)")
        .bind(hash)
        .bind(session)
        .bind(expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Finds a token and locks its session, so that of two uses at once the second sees the first.
pub(crate) async fn lock(db: &mut PgConnection, hash: &TokenHash) -> sqlx::Result<Option<Held>> {
    // The session first and in a statement of its own: the next one then reads the token as the winner left it.
    let session: Option<Uuid> = sqlx::query_scalar(
        "SELECT id FROM auth.sessions WHERE id = (SELECT session_id FROM auth.refresh_tokens WHERE hash = $1) FOR UPDATE",
    )
    .bind(hash)
    .fetch_optional(&mut *db)
    .await?;
    if session.is_none() {
        return Ok(None);
    }
    let row: Option<Row> = sqlx::query_as(
        "SELECT s.id AS session_id, s.subject_id, s.account_id, s.kind, s.name, s.room_id,
                t.used_at IS NOT NULL AS used, s.revoked_at IS NOT NULL AS revoked, t.expires_at
         FROM auth.refresh_tokens t JOIN auth.sessions s ON s.id = t.session_id WHERE t.hash = $1",
    )
    .bind(hash)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        let account = row.account_id.map(UserId::from);
        let subject =
            Subject { id: row.subject_id, account, kind: row.kind, name: row.name, room: row.room_id };
        let session = Session { id: row.session_id, subject };
        Held { session, used: row.used, revoked: row.revoked, expires_at: row.expires_at }
    }))
}

/// Marks a token as used.
pub(crate) async fn mark_used(
    db: &mut PgConnection,
    hash: &TokenHash,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE auth.refresh_tokens SET used_at = $2 WHERE hash = $1")
        .bind(hash)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets the tokens that are no longer good and whose replay means nothing.
pub(crate) async fn delete_expired(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM auth.refresh_tokens WHERE expires_at <= $1")
        .bind(now)
        .execute(pool)
        .await?
        .rows_affected())
}
