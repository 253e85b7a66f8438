//! Table `auth.sessions`.

use chrono::{DateTime, Utc};
use ids::UserId;
use sqlx::{PgConnection, PgExecutor, PgPool};

use crate::domain::{Session, SignInId, TokenHash};

/// Opens a session.
pub(crate) async fn insert(
    db: &mut PgConnection,
    session: &Session,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let subject = &session.subject;
    sqlx::query(
        "INSERT INTO auth.sessions (id, subject_id, account_id, kind, name, room_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(session.id.uuid())
    .bind(subject.id.to_string())
    .bind(subject.id.account().map(UserId::uuid))
    .bind(subject.kind.as_str())
    .bind(&subject.name)
    .bind(subject.room.map(|room| room.to_string()))
    .bind(now)
    .bind(expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Extends a session.
pub(crate) async fn extend(
    db: &mut PgConnection,
    session: SignInId,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE auth.sessions SET expires_at = $2 WHERE id = $1")
        .bind(session.uuid())
        .bind(expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends a session.
pub(crate) async fn revoke(db: &mut PgConnection, session: SignInId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query("UPDATE auth.sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(session.uuid())
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends the session that a refresh token belongs to, if there is one.
pub(crate) async fn revoke_by_token(
    db: impl PgExecutor<'_>,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE auth.sessions SET revoked_at = $2
         WHERE id = (SELECT session_id FROM auth.refresh_tokens WHERE hash = $1) AND revoked_at IS NULL",
    )
    .bind(token)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes expired sessions together with their tokens.
pub(crate) async fn delete_expired(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query("DELETE FROM auth.sessions WHERE expires_at <= $1")
        .bind(now)
        .execute(pool)
        .await?
        .rows_affected())
}
