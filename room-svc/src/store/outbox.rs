//! The outbox: what room-svc tells other services.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use ids::{EventId, RoomId};
use outbox::{Event, Table};
use prost::Message as _;
use proto::room::v1::RoomEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// The table `room.outbox`, ordered by room. sync-svc reads it.
pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new("room", "room_id", &["sync-svc"], 7_233_020));

/// Adds an encoded event to the transaction of the change that it tells of. The caller holds the room's lock.
pub(super) async fn append(
    db: &mut PgConnection,
    room: RoomId,
    id: EventId,
    event: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<()> {
    Ok(TABLE.append(db, room.uuid(), id.uuid(), event, now).await?)
}

/// An event as it was stored.
pub(crate) struct StoredEvent(pub(crate) RoomEvent);

impl Event for StoredEvent {
    /// Rejects an event that bears another id: it could never be acknowledged.
    fn read(id: Uuid, room: Uuid, payload: &[u8]) -> std::result::Result<Self, String> {
        let event = RoomEvent::decode(payload).map_err(|error| error.to_string())?;
        if event.id != EventId::from(id).to_string() || event.room_id != RoomId::from(room).to_string() {
            return Err(format!("it says that it is event `{}` of room `{}`", event.id, event.room_id));
        }
        Ok(Self(event))
    }
}
