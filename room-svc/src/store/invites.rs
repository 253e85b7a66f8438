//! Invites of rooms, and who used them.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use sqlx::{FromRow, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, subject};
use crate::{
    domain::{Invite, InviteUse, Member},
    error::Result,
};

macro_rules! columns {
    () => {
        "code, room_id, created_by, created_by_name, created_at, expires_at, max_uses, uses, skips_approval, note"
    };
}

impl FromRow<'_, PgRow> for Invite {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            code: row.try_get("code")?,
            room: row.try_get::<Uuid, _>("room_id")?.into(),
            created_by: subject(row, "created_by")?,
            created_by_name: row.try_get("created_by_name")?,
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
            max_uses: row.try_get("max_uses")?,
            uses: row.try_get("uses")?,
            skips_approval: row.try_get("skips_approval")?,
            note: row.try_get("note")?,
        })
    }
}

impl FromRow<'_, PgRow> for InviteUse {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            subject_id: subject(row, "subject_id")?,
            display_name: row.try_get("display_name")?,
            used_at: row.try_get("used_at")?,
        })
    }
}

/// The invite with this code.
pub(crate) async fn get(db: impl PgExecutor<'_>, code: &str) -> Result<Option<Invite>> {
    let query = sqlx::query_as(concat!("SELECT ", columns!(), " FROM room.invites WHERE code = $1"));
    Ok(query.bind(code).fetch_optional(db).await?)
}

/// The invites of a room that can still be used, or those of one maker, newest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    by: Option<SubjectId>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Invite>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.invites WHERE room_id = $1 AND expires_at > $2 AND ($3::text IS NULL OR created_by = $3)
         ORDER BY created_at DESC, code LIMIT $4"
    ));
    let by = by.map(|by| by.to_string());
    Ok(query.bind(room.uuid()).bind(now).bind(by).bind(limit).fetch_all(db).await?)
}

/// Number of invites of a room that have not expired.
pub(crate) async fn count(db: impl PgExecutor<'_>, room: RoomId, now: DateTime<Utc>) -> Result<i64> {
    let query =
        sqlx::query_scalar("SELECT count(*) FROM room.invites WHERE room_id = $1 AND expires_at > $2");
    Ok(query.bind(room.uuid()).bind(now).fetch_one(db).await?)
}

/// Adds an invite. Returns false when its code is in use.
pub(crate) async fn insert(tx: &mut RoomTx, invite: &Invite) -> Result<bool> {
    let query = sqlx::query(
        "INSERT INTO room.invites (code, room_id, created_by, created_by_name, created_at, expires_at, max_uses, skips_approval, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(&invite.code)
        .bind(invite.room.uuid())
        .bind(invite.created_by.to_string())
        .bind(&invite.created_by_name)
        .bind(invite.created_at)
        .bind(invite.expires_at)
        .bind(invite.max_uses)
        .bind(invite.skips_approval)
        .bind(&invite.note);
    Ok(query.execute(tx.db()).await?.rows_affected() == 1)
}

/// Counts a use. The room's lock makes the last one go to one person; a person who came by it before is not counted again.
pub(crate) async fn take_one(tx: &mut RoomTx, code: &str, member: &Member) -> Result<()> {
    let query = sqlx::query(
        "WITH used AS (INSERT INTO room.invite_uses (code, subject_id, display_name, used_at) VALUES ($1, $2, $3, $4)
                       ON CONFLICT DO NOTHING RETURNING code)
         UPDATE room.invites i SET uses = i.uses + 1 FROM used WHERE i.code = used.code",
    );
    query
        .bind(code)
        .bind(member.subject_id.to_string())
        .bind(&member.display_name)
        .bind(member.joined_at)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Who used an invite, newest first.
pub(crate) async fn uses(db: impl PgExecutor<'_>, code: &str, limit: i64) -> Result<Vec<InviteUse>> {
    let query = sqlx::query_as(
        "SELECT subject_id, display_name, used_at FROM room.invite_uses WHERE code = $1
         ORDER BY used_at DESC, subject_id LIMIT $2",
    );
    Ok(query.bind(code).bind(limit).fetch_all(db).await?)
}

/// Removes an invite.
pub(crate) async fn remove(tx: &mut RoomTx, code: &str) -> Result<()> {
    let query = sqlx::query("DELETE FROM room.invites WHERE code = $1 AND room_id = $2");
    query.bind(code).bind(tx.room_id().uuid()).execute(tx.db()).await?;
    Ok(())
}

/// Removes invites that expired before an instant, of all rooms, a page of them. Replicas share the work: a row that another
/// one removes is skipped.
pub(crate) async fn remove_expired(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64> {
    let query = sqlx::query(
        "DELETE FROM room.invites WHERE code IN
             (SELECT code FROM room.invites WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
    );
    Ok(query.bind(before).bind(limit).execute(db).await?.rows_affected())
}
