//! Table `auth.refresh_tokens`.

use chrono::{DateTime, Utc};
use rpc::ClaimedKind;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

use crate::domain::{Session, SignInId, Subject, TokenHash};

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
    kind: String,
    name: String,
    room_id: Option<String>,
    used: bool,
    revoked: bool,
    expires_at: DateTime<Utc>,
}

/// Stores the hash of a new token.
pub(crate) async fn insert(
    db: &mut PgConnection,
    hash: &TokenHash,
    session: SignInId,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO auth.refresh_tokens (hash, session_id, expires_at) VALUES ($1, $2, $3)")
        .bind(hash)
        .bind(session.uuid())
        .bind(expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Finds a token and locks its session, so that the second of two concurrent uses sees the first.
pub(crate) async fn lock(db: &mut PgConnection, hash: &TokenHash) -> sqlx::Result<Option<Held>> {
    // The lock is a statement of its own, so that the next statement reads the token as the winner of the lock left it.
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
        "SELECT s.id AS session_id, s.subject_id, s.kind, s.name, s.room_id,
                t.used_at IS NOT NULL AS used, s.revoked_at IS NOT NULL AS revoked, t.expires_at
         FROM auth.refresh_tokens t JOIN auth.sessions s ON s.id = t.session_id WHERE t.hash = $1",
    )
    .bind(hash)
    .fetch_optional(db)
    .await?;
    row.map(Held::try_from).transpose()
}

impl TryFrom<Row> for Held {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> sqlx::Result<Self> {
        let wrong = |error| sqlx::Error::Decode(Box::new(error));
        let kind =
            ClaimedKind::parse(&row.kind).ok_or_else(|| sqlx::Error::Decode("no kind of person".into()))?;
        let subject = Subject {
            id: row.subject_id.parse().map_err(wrong)?,
            kind,
            name: row.name,
            room: row.room_id.map(|room| room.parse()).transpose().map_err(wrong)?,
        };
        let session = Session { id: row.session_id.into(), subject };
        Ok(Self { session, used: row.used, revoked: row.revoked, expires_at: row.expires_at })
    }
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

/// Deletes expired tokens; a replay of one would mean nothing.
pub(crate) async fn delete_expired(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM auth.refresh_tokens WHERE expires_at <= $1")
        .bind(now)
        .execute(pool)
        .await?
        .rows_affected())
}
