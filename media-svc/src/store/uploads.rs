//! Uploads: their rows. Every statement that moves an offset is guarded by the epoch.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{AssetId, UploadId};
use proto::media::v1::UploadState;
use sqlx::{PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use crate::{
    domain::upload::{Kind, Upload},
    error::Result,
};

/// Namespace of the advisory locks that serialise what one person stores.
const OWNER_LOCK: i32 = 7_233_022;

macro_rules! columns {
    () => {
        "id, owner_id, filename, title, content_type, kind, concat, part_of, size, received, head, checked, begun, epoch, state,
         failure_reason, failure_message, progress, playable, generation, duration_us, width, height, asset_id, created_at,
         completed_at, expires_at"
    };
}

/// A number of bytes as the database keeps it. The settings bound all of them far below its largest number.
pub(crate) fn bytes(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn upload(row: &PgRow) -> Result<Upload> {
    let concat: Vec<Uuid> = row.try_get("concat")?;
    Ok(Upload {
        id: row.try_get::<Uuid, _>("id")?.into(),
        owner: row.try_get("owner_id")?,
        filename: row.try_get("filename")?,
        title: row.try_get("title")?,
        content_type: row.try_get("content_type")?,
        kind: Kind::parse(row.try_get("kind")?),
        concat: concat.into_iter().map(Into::into).collect(),
        part_of: row.try_get::<Option<Uuid>, _>("part_of")?.map(Into::into),
        size: row.try_get::<Option<i64>, _>("size")?.map(unsigned),
        received: unsigned(row.try_get("received")?),
        head: row.try_get("head")?,
        checked: row.try_get("checked")?,
        begun: row.try_get("begun")?,
        epoch: row.try_get("epoch")?,
        state: UploadState::try_from(i32::from(row.try_get::<i16, _>("state")?)).unwrap_or_default(),
        failure_reason: row.try_get("failure_reason")?,
        failure_message: row.try_get("failure_message")?,
        progress: i32::from(row.try_get::<i16, _>("progress")?),
        playable: row.try_get("playable")?,
        generation: row.try_get("generation")?,
        duration_us: row.try_get("duration_us")?,
        width: row.try_get("width")?,
        height: row.try_get("height")?,
        asset: row.try_get::<Option<Uuid>, _>("asset_id")?.map(Into::into),
        created_at: row.try_get("created_at")?,
        completed_at: row.try_get("completed_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}

fn state(state: UploadState) -> i16 {
    i16::try_from(i32::from(state)).unwrap_or_default()
}

/// Waits until nobody else changes how much a person stores, until the end of the transaction.
pub(crate) async fn lock_owner(db: &mut PgConnection, owner: &str) -> Result<()> {
    let query = sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext($2))");
    query.bind(OWNER_LOCK).bind(owner).execute(db).await?;
    Ok(())
}

/// Bytes that the uploads of a person take, as [`Upload::stored_bytes`] counts. The bytes of a final upload are those of its parts.
pub(crate) async fn used_bytes(db: impl PgExecutor<'_>, owner: &str) -> Result<u64> {
    let query = sqlx::query_scalar::<_, i64>(
        "SELECT coalesce(sum(CASE WHEN state = $2 THEN received ELSE coalesce(size, received) END), 0)::bigint
         FROM media.uploads WHERE owner_id = $1 AND kind <> 'final'",
    );
    Ok(unsigned(query.bind(owner).bind(state(UploadState::Failed)).fetch_one(db).await?))
}

/// When a person began uploads since then, the oldest first.
pub(crate) async fn starts(
    db: impl PgExecutor<'_>,
    owner: &str,
    since: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let query = sqlx::query_scalar(
        "SELECT started_at FROM media.upload_starts WHERE owner_id = $1 AND started_at > $2 ORDER BY started_at",
    );
    Ok(query.bind(owner).bind(since).fetch_all(db).await?)
}

/// Notes that a person began an upload.
pub(crate) async fn note_start(
    db: impl PgExecutor<'_>,
    owner: &str,
    id: UploadId,
    now: DateTime<Utc>,
) -> Result<()> {
    let query =
        sqlx::query("INSERT INTO media.upload_starts (owner_id, upload_id, started_at) VALUES ($1, $2, $3)");
    query.bind(owner).bind(id.uuid()).bind(now).execute(db).await?;
    Ok(())
}

/// Takes that back.
pub(crate) async fn forget_start(db: impl PgExecutor<'_>, owner: &str, id: UploadId) -> Result<()> {
    let query = sqlx::query("DELETE FROM media.upload_starts WHERE owner_id = $1 AND upload_id = $2");
    query.bind(owner).bind(id.uuid()).execute(db).await?;
    Ok(())
}

/// Number of partial uploads of a person that belong to no final one.
pub(crate) async fn loose_pieces(db: impl PgExecutor<'_>, owner: &str) -> Result<usize> {
    let query = sqlx::query_scalar::<_, i64>(
        "SELECT count(*) FROM media.uploads WHERE owner_id = $1 AND kind = 'partial' AND part_of IS NULL",
    );
    Ok(usize::try_from(query.bind(owner).fetch_one(db).await?).unwrap_or(usize::MAX))
}

/// Stores a new upload.
pub(crate) async fn insert(db: &mut PgConnection, new: &Upload) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO media.uploads (id, owner_id, filename, title, content_type, kind, concat, size, received, state, asset_id,
                                    created_at, touched_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $11, $12)",
    );
    query
        .bind(new.id.uuid())
        .bind(&new.owner)
        .bind(&new.filename)
        .bind(&new.title)
        .bind(&new.content_type)
        .bind(new.kind.as_str())
        .bind(new.concat.iter().map(|part| part.uuid()).collect::<Vec<_>>())
        .bind(new.size.map(bytes))
        .bind(state(new.state))
        .bind(new.asset.map(AssetId::uuid))
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// An upload, if it is there.
pub(crate) async fn get(db: impl PgExecutor<'_>, id: UploadId) -> Result<Option<Upload>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.uploads WHERE id = $1"));
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(upload).transpose()
}

/// The same, with its row locked.
pub(crate) async fn lock(db: &mut PgConnection, id: UploadId) -> Result<Option<Upload>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.uploads WHERE id = $1 FOR UPDATE"));
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(upload).transpose()
}

/// The upload of an asset, if it is there.
pub(crate) async fn of_asset(db: impl PgExecutor<'_>, asset: AssetId) -> Result<Option<Upload>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.uploads WHERE asset_id = $1"));
    query.bind(asset.uuid()).fetch_optional(db).await?.as_ref().map(upload).transpose()
}

/// Makes every earlier writer lose at its next commit.
pub(crate) async fn fence(db: impl PgExecutor<'_>, id: UploadId) -> Result<Option<Upload>> {
    let query = sqlx::query(concat!(
        "UPDATE media.uploads SET epoch = epoch + 1 WHERE id = $1 RETURNING ",
        columns!()
    ));
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(upload).transpose()
}

/// A page of the uploads of a person, the newest first, without pieces.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    owner: &str,
    before: Option<UploadId>,
    limit: i64,
) -> Result<Vec<Upload>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM media.uploads WHERE owner_id = $1 AND kind <> 'partial' AND ($2::uuid IS NULL OR id < $2)
          ORDER BY id DESC LIMIT $3"
    ));
    let rows = query.bind(owner).bind(before.map(UploadId::uuid)).bind(limit).fetch_all(db).await?;
    rows.iter().map(upload).collect()
}

/// Moves the offset of a writer's upload, and stores the size where it became known. `None`: a newer writer has the upload.
pub(crate) async fn advance(
    db: &mut PgConnection,
    of: &Upload,
    received: u64,
    size: Option<u64>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<Option<Upload>> {
    let query = sqlx::query(concat!(
        "UPDATE media.uploads SET received = $3, size = coalesce(size, $4), head = CASE WHEN length(head) < 16 THEN $7 ELSE head END,
                touched_at = $5, expires_at = $6
         WHERE id = $1 AND epoch = $2 AND state = 1 AND received <= $3 RETURNING ",
        columns!()
    ));
    let row = query
        .bind(of.id.uuid())
        .bind(of.epoch)
        .bind(bytes(received))
        .bind(size.map(bytes))
        .bind(now)
        .bind(expires_at)
        .bind(&of.head)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(upload).transpose()
}

/// Stores the size of an upload that had none.
pub(crate) async fn set_size(db: impl PgExecutor<'_>, id: UploadId, size: u64) -> Result<()> {
    let query = sqlx::query("UPDATE media.uploads SET size = $2 WHERE id = $1 AND size IS NULL");
    query.bind(id.uuid()).bind(bytes(size)).execute(db).await?;
    Ok(())
}

/// Stores what follows from the bytes of an upload, whose row is locked: the flags, the state and when it expires.
pub(crate) async fn settle(db: &mut PgConnection, it: &Upload) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.uploads SET received = $2, head = $3, checked = $4, begun = $5, state = $6, failure_reason = $7,
                failure_message = $8, completed_at = $9, expires_at = $10 WHERE id = $1",
    );
    query
        .bind(it.id.uuid())
        .bind(bytes(it.received))
        .bind(&it.head)
        .bind(it.checked)
        .bind(it.begun)
        .bind(state(it.state))
        .bind(&it.failure_reason)
        .bind(&it.failure_message)
        .bind(it.completed_at)
        .bind(it.expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Puts partial uploads into a final one. Returns how many could be: each belongs to one at most.
pub(crate) async fn join(
    db: &mut PgConnection,
    into: UploadId,
    owner: &str,
    parts: &[UploadId],
) -> Result<u64> {
    let query = sqlx::query(
        "UPDATE media.uploads SET part_of = $1
         WHERE id = ANY($2) AND owner_id = $3 AND kind = 'partial' AND part_of IS NULL AND size IS NOT NULL",
    );
    let parts: Vec<_> = parts.iter().map(|part| part.uuid()).collect();
    Ok(query.bind(into.uuid()).bind(parts).bind(owner).execute(db).await?.rows_affected())
}

/// The parts of a final upload, in no order.
pub(crate) async fn pieces(db: impl PgExecutor<'_>, of: UploadId) -> Result<Vec<Upload>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.uploads WHERE part_of = $1"));
    query.bind(of.uuid()).fetch_all(db).await?.iter().map(upload).collect()
}

/// Gives an upload another title.
pub(crate) async fn set_title(db: impl PgExecutor<'_>, id: UploadId, title: &str) -> Result<()> {
    let query = sqlx::query("UPDATE media.uploads SET title = $2 WHERE id = $1");
    query.bind(id.uuid()).bind(title).execute(db).await?;
    Ok(())
}

/// Deletes an upload with the rows of its parts.
pub(crate) async fn delete(db: &mut PgConnection, id: UploadId) -> Result<()> {
    sqlx::query("DELETE FROM media.uploads WHERE id = $1").bind(id.uuid()).execute(db).await?;
    Ok(())
}

/// Notes that rooms are told now how far an upload is, unless they were within `pause`. Returns whether they are to be told.
pub(crate) async fn note_told(
    db: &mut PgConnection,
    id: UploadId,
    now: DateTime<Utc>,
    pause: TimeDelta,
) -> Result<bool> {
    let query = sqlx::query(
        "UPDATE media.uploads SET told_at = $2 WHERE id = $1 AND (told_at IS NULL OR told_at <= $3)",
    );
    Ok(query.bind(id.uuid()).bind(now).bind(now - pause).execute(db).await?.rows_affected() == 1)
}

/// Keeps the upload of a guest at least until then: it was added to a playlist.
pub(crate) async fn keep_until(db: impl PgExecutor<'_>, id: UploadId, until: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.uploads SET expires_at = $2 WHERE id = $1 AND completed_at IS NOT NULL AND expires_at < $2",
    );
    query.bind(id.uuid()).bind(until).execute(db).await?;
    Ok(())
}
