//! Rooms.

use chrono::{DateTime, Utc};
use ids::{RoomCode, RoomId, SubjectId};
use prost::Message as _;
use proto::room::v1::{CloseReason, RoomSettings};
use sqlx::{FromRow, PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, live::live, parse_subject, subject};
use crate::{
    domain::{Closed, InvitePreview, Policy, Reclaim, Room, RoomKey, Settings, listing_terms, timestamp},
    error::{Error, Result},
};

macro_rules! columns {
    () => {
        "r.id, r.code, r.name, r.owner_id, r.description, r.category, r.labels, r.visibility, r.max_members,
             r.member_count, r.guests_forbidden, r.playlist_version, r.created_at, r.policy, r.policies,
             r.former_owner_id, r.reclaim_until, r.starts_at, r.ends_at, r.idle_hours, r.closed_at, r.close_reason,
             l.expires_at, l.reported_at, coalesce(l.present_count, 0) AS present_count,
             coalesce(l.owner_away, false) AS owner_away, coalesce(l.waiting, false) AS waiting, l.item_id,
             coalesce(l.playing, false) AS playing, coalesce(l.position_us, 0) AS position_us, l.position_at,
             coalesce(l.rate, 1) AS rate"
    };
}
pub(super) use columns;

/// Rooms `r`, each with what is known of it now. A room of the version before has no such row until it is reported.
macro_rules! from_rooms {
    () => {
        " FROM room.rooms r LEFT JOIN room.live l ON l.room_id = r.id "
    };
}
pub(super) use from_rooms;

/// Finds a room by id (`$1`) or code (`$2`), one of which is NULL.
macro_rules! is_room {
    () => {
        "(r.id = $1 OR r.code = $2)"
    };
}
pub(super) use is_room;

impl FromRow<'_, PgRow> for Room {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let former_owner_id: Option<&str> = row.try_get("former_owner_id")?;
        let reclaim_until: Option<DateTime<Utc>> = row.try_get("reclaim_until")?;
        let closed_at: Option<DateTime<Utc>> = row.try_get("closed_at")?;
        let reason = CloseReason::try_from(i32::from(row.try_get::<i16, _>("close_reason")?));
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            code: row.try_get("code")?,
            owner_id: subject(row, "owner_id")?,
            settings: settings(row)?,
            member_count: row.try_get("member_count")?,
            playlist_version: row.try_get("playlist_version")?,
            created_at: row.try_get("created_at")?,
            reclaim: former_owner_id
                .map(parse_subject)
                .transpose()?
                .zip(reclaim_until)
                .map(|(former_owner_id, until)| Reclaim { former_owner_id, until }),
            closed: closed_at.map(|at| Closed { at, reason: reason.unwrap_or_default() }),
            expires_at: row.try_get("expires_at")?,
            live: live(row)?,
        })
    }
}

/// The settings of a room: those that are searched or counted are columns, the policies are encoded.
fn settings(row: &PgRow) -> sqlx::Result<Settings> {
    let number = |column: &str| row.try_get::<i16, _>(column).map(i32::from);
    let undecodable = |error: prost::DecodeError| sqlx::Error::Decode(error.into());
    let time = |column: &str| -> sqlx::Result<_> {
        Ok(row.try_get::<Option<DateTime<Utc>>, _>(column)?.map(timestamp))
    };
    let mut settings = RoomSettings::decode(row.try_get::<&[u8], _>("policies")?).map_err(undecodable)?;
    settings.name = row.try_get("name")?;
    settings.description = row.try_get("description")?;
    settings.category = number("category")?;
    settings.labels = row.try_get("labels")?;
    settings.visibility = number("visibility")?;
    settings.max_participants = row.try_get("max_members")?;
    settings.guests_forbidden = row.try_get("guests_forbidden")?;
    settings.starts_at = time("starts_at")?;
    settings.ends_at = time("ends_at")?;
    settings.idle_hours = row.try_get("idle_hours")?;
    settings.policy = Some(Policy::decode(row.try_get("policy")?).map_err(undecodable)?.into());
    Ok(Settings::stored(settings))
}

/// The two parameters of [`is_room`].
pub(super) fn key(room: &RoomKey) -> (Option<Uuid>, Option<&str>) {
    match room {
        RoomKey::Id(id) => (Some(id.uuid()), None),
        RoomKey::Code(code) => (None, Some(code.as_str())),
    }
}

/// The error for a room that does not exist.
pub(crate) fn not_found(room: &RoomKey) -> Error {
    Error::RoomNotFound(match room {
        RoomKey::Id(id) => id.to_string(),
        RoomKey::Code(code) => code.as_str().to_owned(),
    })
}

/// Reads a room.
pub(crate) async fn get(db: impl PgExecutor<'_>, room: &RoomKey) -> Result<Room> {
    let (id, code) = key(room);
    let found = sqlx::query_as(concat!("SELECT ", columns!(), from_rooms!(), "WHERE ", is_room!()));
    found.bind(id).bind(code).fetch_optional(db).await?.ok_or_else(|| not_found(room))
}

/// Reads those of these rooms that exist, each once.
pub(crate) async fn get_many(db: impl PgExecutor<'_>, rooms: &[&RoomKey]) -> Result<Vec<Room>> {
    let ids: Vec<Uuid> = rooms.iter().filter_map(|room| key(room).0).collect();
    let codes: Vec<&str> = rooms.iter().filter_map(|room| key(room).1).collect();
    let found = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        from_rooms!(),
        "WHERE r.id = ANY($1) OR r.code = ANY($2)"
    ));
    Ok(found.bind(ids).bind(codes).fetch_all(db).await?)
}

/// Locks a room against other writers until the transaction ends. Only [`RoomTx`] calls it.
pub(super) async fn lock(db: &mut PgConnection, room: &RoomKey) -> Result<RoomId> {
    let (id, code) = key(room);
    // Not FOR UPDATE, which would also block inserts that only refer to the room.
    let locked =
        sqlx::query_scalar(concat!("SELECT r.id FROM room.rooms r WHERE ", is_room!(), " FOR NO KEY UPDATE"));
    let id: Option<Uuid> = locked.bind(id).bind(code).fetch_optional(db).await?;
    id.map(RoomId::from).ok_or_else(|| not_found(room))
}

/// Inserts a room without members; `None` when its code or the request of this person is already used. Only [`RoomTx`]
/// calls it.
pub(super) async fn insert(
    db: &mut PgConnection,
    code: &RoomCode,
    settings: &Settings,
    owner: SubjectId,
    request_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<Room>> {
    let inserted = sqlx::query_scalar(
        "WITH made AS (
             INSERT INTO room.rooms (id, code, name, owner_id, visibility, max_members, guests_forbidden, created_at,
                 created_by, request_id, description, category, labels, policy, policies, starts_at, ends_at, idle_hours)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $4, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT DO NOTHING RETURNING id)
         INSERT INTO room.live (room_id, empty_since, listed, search)
         SELECT id, $8, $18, array_to_tsvector($19) FROM made RETURNING room_id",
    );
    let made: Option<Uuid> = inserted
        .bind(RoomId::new().uuid())
        .bind(code.as_str())
        .bind(&settings.name)
        .bind(owner.to_string())
        .bind(settings.visibility as i16)
        .bind(settings.max_participants)
        .bind(settings.guests_forbidden)
        .bind(now)
        .bind(request_id)
        .bind(&settings.description)
        .bind(settings.category as i16)
        .bind(&settings.labels)
        .bind(settings.policy.encode())
        .bind(settings.policies().encode_to_vec())
        .bind(settings.starts_at)
        .bind(settings.ends_at)
        .bind(settings.idle_hours)
        .bind(settings.is_public())
        .bind(listing_terms(settings))
        .fetch_optional(&mut *db)
        .await?;
    match made {
        Some(id) => Ok(Some(get(db, &RoomId::from(id).into()).await?)),
        None => Ok(None),
    }
}

/// The room that this person created with this request.
pub(crate) async fn created_by(
    db: impl PgExecutor<'_>,
    owner: SubjectId,
    request_id: &str,
) -> Result<Option<Room>> {
    let found = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        from_rooms!(),
        "WHERE r.created_by = $1 AND r.request_id = $2"
    ));
    Ok(found.bind(owner.to_string()).bind(request_id).fetch_optional(db).await?)
}

/// What a link preview shows of a public room; `None` for any other.
pub(crate) async fn preview_public(db: impl PgExecutor<'_>, room: &RoomKey) -> Result<Option<InvitePreview>> {
    let (id, code) = key(room);
    let found: Option<(String, Option<String>)> = sqlx::query_as(concat!(
        "SELECT r.name, (SELECT i.title FROM room.items i LEFT JOIN room.folders f ON f.id = i.folder_id WHERE i.room_id = r.id
                         ORDER BY coalesce(f.position, i.position), f.id, i.position, i.id LIMIT 1)
         FROM room.rooms r WHERE r.visibility = 1 AND ",
        is_room!()
    ))
    .bind(id)
    .bind(code)
    .fetch_optional(db)
    .await?;
    Ok(found.map(|(room_name, item_title)| InvitePreview { room_name, item_title }))
}

/// Stores the settings, the owner, the right to reclaim, and whether the room is closed.
pub(crate) async fn save(tx: &mut RoomTx, room: &Room) -> Result<()> {
    let settings = &room.settings;
    let query = sqlx::query(
        "UPDATE room.rooms SET name = $2, policy = $3, owner_id = $4, former_owner_id = $5, reclaim_until = $6,
             description = $7, category = $8, labels = $9, visibility = $10, max_members = $11, guests_forbidden = $12,
             policies = $13, starts_at = $14, ends_at = $15, idle_hours = $16, closed_at = $17, close_reason = $18
         WHERE id = $1",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(&settings.name)
        .bind(settings.policy.encode())
        .bind(room.owner_id.to_string())
        .bind(room.reclaim.as_ref().map(|reclaim| reclaim.former_owner_id.to_string()))
        .bind(room.reclaim.as_ref().map(|reclaim| reclaim.until))
        .bind(&settings.description)
        .bind(settings.category as i16)
        .bind(&settings.labels)
        .bind(settings.visibility as i16)
        .bind(settings.max_participants)
        .bind(settings.guests_forbidden)
        .bind(settings.policies().encode_to_vec())
        .bind(settings.starts_at)
        .bind(settings.ends_at)
        .bind(settings.idle_hours)
        .bind(room.closed.as_ref().map(|closed| closed.at))
        .bind(room.closed.as_ref().map_or(0, |closed| closed.reason as i16))
        .execute(tx.db())
        .await?;
    let query = sqlx::query(
        "UPDATE room.live SET listed = $2, search = array_to_tsvector($3)
         WHERE room_id = $1 AND (listed, search) IS DISTINCT FROM ($2, array_to_tsvector($3))",
    );
    let is_listed = settings.is_public() && room.closed.is_none();
    let query = query.bind(tx.room_id().uuid()).bind(is_listed).bind(listing_terms(settings));
    query.execute(tx.db()).await?;
    Ok(())
}

/// Stores the hash of the secret of the recovery link; `None`: there is no such link.
pub(crate) async fn set_recovery(tx: &mut RoomTx, hash: Option<&[u8]>) -> Result<()> {
    let query = sqlx::query("UPDATE room.rooms SET recovery_hash = $2 WHERE id = $1");
    query.bind(tx.room_id().uuid()).bind(hash).execute(tx.db()).await?;
    Ok(())
}

/// The hash of the secret of the recovery link.
pub(crate) async fn recovery(tx: &mut RoomTx) -> Result<Option<Vec<u8>>> {
    let query = sqlx::query_scalar("SELECT recovery_hash FROM room.rooms WHERE id = $1");
    Ok(query.bind(tx.room_id().uuid()).fetch_one(tx.db()).await?)
}

/// Counts a change of the playlist and returns its new version.
pub(crate) async fn next_playlist_version(tx: &mut RoomTx) -> Result<i64> {
    let version = sqlx::query_scalar(
        "UPDATE room.rooms SET playlist_version = playlist_version + 1 WHERE id = $1 RETURNING playlist_version",
    );
    Ok(version.bind(tx.room_id().uuid()).fetch_one(tx.db()).await?)
}

/// Deletes a room and everything in it.
pub(crate) async fn delete(tx: &mut RoomTx) -> Result<()> {
    let query = sqlx::query("DELETE FROM room.rooms WHERE id = $1");
    query.bind(tx.room_id().uuid()).execute(tx.db()).await?;
    Ok(())
}
