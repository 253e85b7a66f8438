//! The outbox: assets of which other services are told.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use ids::{AssetId, EventId};
use outbox::{Event, Table};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Reader group of the task that tells room-svc.
pub(crate) const ROOM: &str = "room-svc";

/// The table `media.outbox`, ordered by asset.
pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new("media", "asset_id", &[ROOM], 7_233_021));

/// An asset changed.
pub(crate) struct AssetChanged {
    pub(crate) event: Uuid,
    pub(crate) asset: AssetId,
}

impl Event for AssetChanged {
    fn read(event: Uuid, asset: Uuid, _: &[u8]) -> std::result::Result<Self, String> {
        Ok(Self { event, asset: asset.into() })
    }
}

/// Tells that an asset changed. The caller holds the lock of its row.
pub(crate) async fn append(db: &mut PgConnection, asset: AssetId, now: DateTime<Utc>) -> Result<()> {
    Ok(TABLE.append(db, asset.uuid(), EventId::new().uuid(), Vec::new(), now).await?)
}

/// Whether an event of an asset was not delivered yet.
pub(crate) async fn has(db: &mut PgConnection, asset: AssetId) -> Result<bool> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT FROM media.outbox WHERE asset_id = $1)");
    Ok(query.bind(asset.uuid()).fetch_one(db).await?)
}
