//! The transaction in which a room changes.

use chrono::{DateTime, Utc};
use ids::{EventId, RoomCode, RoomId, SubjectId};
use prost::Message as _;
use proto::room::v1::RoomEvent;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use super::{
    expiry,
    log::{self, Actor},
    outbox, rooms,
};
use crate::{
    domain::{Room, RoomKey, Settings, logged_kind},
    error::Result,
};

/// A transaction that holds the lock of one room's row. Every function of the store that writes to a room takes it, so
/// no write is possible without the lock. Dropped without a commit, it changes nothing.
pub(crate) struct RoomTx {
    tx: Transaction<'static, Postgres>,
    room: RoomId,
    now: DateTime<Utc>,
    actor: Actor,
}

impl RoomTx {
    /// Locks a room. Whatever decides about the change has to be read after this: a statement that waited for the lock
    /// still sees other tables as they were when the statement began.
    pub(crate) async fn open(
        pool: &PgPool,
        room: &RoomKey,
        actor: Actor,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut tx = pg::begin(pool).await?;
        let room = rooms::lock(&mut tx, room).await?;
        Ok(Self { tx, room, now, actor })
    }

    /// Locks a room that has expired, if there is one that no other transaction holds.
    pub(crate) async fn open_expired(pool: &PgPool, now: DateTime<Utc>) -> Result<Option<Self>> {
        let mut tx = pg::begin(pool).await?;
        let room = expiry::lock_expired(&mut tx, now).await?;
        Ok(room.map(|room| Self { tx, room, now, actor: None }))
    }

    /// Inserts a room without members. `None` when the code, or the request of this person, is already used.
    pub(crate) async fn create(
        pool: &PgPool,
        code: &RoomCode,
        settings: &Settings,
        (owner, owner_name): (SubjectId, &str),
        request_id: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Option<(Self, Room)>> {
        let mut tx = pg::begin(pool).await?;
        let inserted = rooms::insert(&mut tx, code, settings, owner, request_id, now).await?;
        let actor = Some((owner, owner_name.to_owned()));
        Ok(inserted.map(|room| (Self { tx, room: room.id, now, actor }, room)))
    }

    /// The room that changes.
    pub(crate) fn room_id(&self) -> RoomId {
        self.room
    }

    /// When it changes.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The connection, for reads within the transaction.
    pub(crate) fn db(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Adds an event, whose ids are filled in, to the outbox and to the log of the room.
    pub(crate) async fn tell(&mut self, event: RoomEvent) -> Result<()> {
        let id = EventId::new();
        let kind = event.kind.as_ref().and_then(logged_kind);
        let event = RoomEvent { id: id.to_string(), room_id: self.room.to_string(), ..event }.encode_to_vec();
        if let Some(kind) = kind {
            log::append(&mut self.tx, self.room, &self.actor, (kind, &event), self.now).await?;
        }
        outbox::append(&mut self.tx, self.room, id, event, self.now).await
    }

    /// Makes the change and its events visible to others.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}
