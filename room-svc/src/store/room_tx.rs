//! The transaction in which a room changes.

use chrono::{DateTime, Utc};
use ids::{RoomCode, RoomId, SubjectId};
use proto::room::v1::RoomEvent;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use super::{outbox, rooms};
use crate::{
    domain::{Room, RoomKey, Settings},
    error::Result,
};

/// A transaction that holds the lock of one room's row. Every function of the store that writes to a room takes it, so
/// no write is possible without the lock. Dropped without a commit, it changes nothing.
pub(crate) struct RoomTx {
    tx: Transaction<'static, Postgres>,
    room: RoomId,
    now: DateTime<Utc>,
}

impl RoomTx {
    /// Locks a room. Whatever decides about the change has to be read after this: a statement that waited for the lock
    /// still sees other tables as they were when the statement began.
    pub(crate) async fn open(pool: &PgPool, room: &RoomKey, now: DateTime<Utc>) -> Result<Self> {
        let mut tx = pg::begin(pool).await?;
        let room = rooms::lock(&mut tx, room).await?;
        Ok(Self { tx, room, now })
    }

    /// Inserts a room without members. `None` when the code, or the request of this person, is already used.
    pub(crate) async fn create(
        pool: &PgPool,
        code: &RoomCode,
        settings: &Settings,
        owner: SubjectId,
        request_id: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Option<(Self, Room)>> {
        let mut tx = pg::begin(pool).await?;
        let inserted = rooms::insert(&mut tx, code, settings, owner, request_id, now).await?;
        Ok(inserted.map(|room| (Self { tx, room: room.id, now }, room)))
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

    /// Adds an event to the outbox.
    pub(crate) async fn tell(&mut self, event: RoomEvent) -> Result<()> {
        outbox::append(&mut self.tx, self.room, event, self.now).await
    }

    /// Makes the change and its events visible to others.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}
