//! Checkpoints of rooms on their way to the database. Many are kept by one statement: a room that changes again while it
//! waits is kept once, and who waits for a checkpoint waits for the statement that everyone's is in.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ids::RoomId;
use sqlx::PgPool;

use crate::{
    error::Result,
    store::room_states::{self, Checkpoint},
};

/// How long a statement waits for more.
const GATHER: Duration = Duration::from_millis(2);
/// Rooms in one statement.
const BATCH: usize = 500;

/// The checkpoints that wait. Cheap to clone; all copies are one.
#[derive(Clone)]
pub(crate) struct Checkpoints(Arc<Inner>);

struct Inner {
    pool: PgPool,
    pending: Mutex<Pending>,
    /// Everything marked up to here is kept.
    saved: AtomicU64,
    /// Held while a statement runs.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Pending {
    rooms: HashMap<RoomId, Checkpoint>,
    marks: u64,
}

/// What was marked, for who wants to wait until it is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(u64);

impl Checkpoints {
    pub(crate) fn new(pool: PgPool) -> Self {
        let (pending, saved, turn) = (Mutex::default(), AtomicU64::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Inner { pool, pending, saved, turn }))
    }

    /// Has a checkpoint kept with the next statement.
    pub(crate) fn mark(&self, room: RoomId, checkpoint: Checkpoint) -> Ticket {
        let mut pending = self.0.pending();
        pending.put(room, checkpoint);
        pending.marks += 1;
        Ticket(pending.marks)
    }

    /// Waits until what was marked is kept.
    pub(crate) async fn kept(&self, ticket: Ticket) -> Result<()> {
        while !self.0.is_kept(ticket) {
            let inner = self.0.clone();
            // On a task of its own: a caller who goes away must not take the others' statement along.
            tokio::spawn(async move { inner.flush(ticket).await }).await.map_err(rpc::Error::internal)??;
        }
        Ok(())
    }

    /// Keeps everything that waits.
    pub(crate) async fn flush(&self) -> Result<()> {
        let ticket = Ticket(self.0.pending().marks);
        self.kept(ticket).await
    }

    /// Whether a checkpoint of the room waits.
    pub(crate) fn is_waiting(&self, room: RoomId) -> bool {
        self.0.pending().rooms.contains_key(&room)
    }

    /// Forgets a room, also in the database.
    pub(crate) async fn remove(&self, room: RoomId) -> Result<()> {
        let _turn = self.0.turn.lock().await;
        self.0.pending().rooms.remove(&room);
        Ok(room_states::remove(&self.0.pool, room).await?)
    }
}

impl Inner {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_kept(&self, ticket: Ticket) -> bool {
        self.saved.load(Ordering::Acquire) >= ticket.0
    }

    /// One statement, with everything that waits now or, of very much, a part.
    async fn flush(&self, ticket: Ticket) -> Result<()> {
        let _turn = self.turn.lock().await;
        // Those whose checkpoint went with the statement before leave at once. If each ran a statement for whoever came
        // after, the queue would grow with every command that takes less time to come than a statement takes.
        if self.is_kept(ticket) {
            return Ok(());
        }
        if !self.pending().rooms.is_empty() {
            // Whoever else changes a room meanwhile goes along, and what happened is delivered before it is written.
            tokio::time::sleep(GATHER).await;
        }
        let (batch, marks, all) = {
            let mut pending = self.pending();
            let rooms: Vec<_> = pending.rooms.keys().take(BATCH).copied().collect();
            let batch: Vec<_> = rooms.iter().filter_map(|room| pending.rooms.remove_entry(room)).collect();
            (batch, pending.marks, pending.rooms.is_empty())
        };
        if !batch.is_empty()
            && let Err(error) = room_states::save(&self.pool, &batch).await
        {
            let mut pending = self.pending();
            for (room, checkpoint) in batch {
                pending.put(room, checkpoint);
            }
            return Err(error.into());
        }
        if all {
            self.saved.fetch_max(marks, Ordering::Release);
        }
        Ok(())
    }
}

impl Pending {
    /// Steps of a room may be marked out of order; the newest counts.
    fn put(&mut self, room: RoomId, checkpoint: Checkpoint) {
        let newest = self.rooms.entry(room).or_insert_with(|| checkpoint.clone());
        if (checkpoint.epoch, checkpoint.version) > (newest.epoch, newest.version) {
            *newest = checkpoint;
        }
    }
}
