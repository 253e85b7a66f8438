//! Assets.

use chrono::{DateTime, Utc};
use ids::AssetId;
use proto::room::v1::Source;
use sqlx::{PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use crate::{
    domain::{Asset, State, identity, is_measurable},
    error::Result,
};

/// An asset and when it was measured.
pub(crate) struct Registered {
    pub(crate) asset: Asset,
    pub(crate) measured_at: Option<DateTime<Utc>>,
}

/// Finds or makes the asset of a source and locks its row. A source that was checked replaces the facts of an earlier check.
pub(crate) async fn register(
    db: &mut PgConnection,
    source: &Source,
    now: DateTime<Utc>,
) -> Result<Registered> {
    let state = if is_measurable(source) { State::Pending } else { State::Measured };
    let query = sqlx::query(
        "INSERT INTO media.assets AS a (id, source, format, audio_only, no_jumps, live, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (source) DO UPDATE SET
           format = CASE WHEN $9 THEN a.format ELSE $3 END,
           audio_only = CASE WHEN $9 THEN a.audio_only ELSE $4 END,
           no_jumps = CASE WHEN $9 THEN a.no_jumps ELSE $5 END,
           live = CASE WHEN $9 THEN a.live ELSE $6 END
         RETURNING id, state, duration_us, measured_at",
    );
    let row = query
        .bind(AssetId::new().uuid())
        .bind(identity(source))
        .bind(i16::try_from(source.format).unwrap_or_default())
        .bind(source.audio_only)
        .bind(source.no_jumps)
        .bind(source.live)
        .bind(state as i16)
        .bind(now)
        .bind(source.unchecked)
        .fetch_one(db)
        .await?;
    Ok(Registered { asset: asset(&row)?, measured_at: row.try_get("measured_at")? })
}

/// An asset, if it is there.
pub(crate) async fn get(db: impl PgExecutor<'_>, id: AssetId) -> Result<Option<Asset>> {
    let query = sqlx::query("SELECT id, state, duration_us FROM media.assets WHERE id = $1");
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(asset).transpose()
}

/// The source of an asset, encoded.
pub(crate) async fn source(db: impl PgExecutor<'_>, id: AssetId) -> Result<Option<Vec<u8>>> {
    let query = sqlx::query_scalar("SELECT source FROM media.assets WHERE id = $1");
    Ok(query.bind(id.uuid()).fetch_optional(db).await?)
}

/// The same, with its row locked.
pub(crate) async fn lock(db: &mut PgConnection, id: AssetId) -> Result<Option<Asset>> {
    let query = sqlx::query("SELECT id, state, duration_us FROM media.assets WHERE id = $1 FOR UPDATE");
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(asset).transpose()
}

/// Waits for a measurement again, after all attempts of the last one failed.
pub(crate) async fn reopen(db: &mut PgConnection, id: AssetId) -> Result<()> {
    let query = sqlx::query("UPDATE media.assets SET state = $2 WHERE id = $1");
    query.bind(id.uuid()).bind(State::Pending as i16).execute(db).await?;
    Ok(())
}

/// Stores the length of an asset, 0 when it cannot be found out.
pub(crate) async fn set_measured(
    db: &mut PgConnection,
    id: AssetId,
    duration_us: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.assets SET state = $2, duration_us = $3, measured_at = $4, error = NULL WHERE id = $1",
    );
    query.bind(id.uuid()).bind(State::Measured as i16).bind(duration_us).bind(now).execute(db).await?;
    Ok(())
}

/// Stores why an attempt failed. After the last one an asset that was never measured is failed.
pub(crate) async fn set_error(db: &mut PgConnection, id: AssetId, error: &str, is_last: bool) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.assets SET error = $2, state = CASE WHEN $3 AND state = $4 THEN $5 ELSE state END WHERE id = $1",
    );
    query
        .bind(id.uuid())
        .bind(error)
        .bind(is_last)
        .bind(State::Pending as i16)
        .bind(State::Failed as i16)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets the asset of an upload that is gone.
pub(crate) async fn forget_unless_uploaded(db: impl PgExecutor<'_>, id: AssetId) -> Result<()> {
    let query = sqlx::query(
        "DELETE FROM media.assets a WHERE id = $1 AND NOT EXISTS (SELECT FROM media.uploads u WHERE u.asset_id = a.id)",
    );
    query.bind(id.uuid()).execute(db).await?;
    Ok(())
}

fn asset(row: &PgRow) -> Result<Asset> {
    Ok(Asset {
        id: row.try_get::<Uuid, _>("id")?.into(),
        state: State::of(row.try_get("state")?),
        duration_us: row.try_get("duration_us")?,
    })
}
