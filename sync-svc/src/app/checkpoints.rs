//! Checkpoints of rooms, written by group commit: one statement stores the newest state of all rooms that changed since
//! the previous statement, and releases everyone who waits for one of these changes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ids::RoomId;
use parking_lot::{Mutex, MutexGuard};
use sqlx::PgPool;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::{
    error::{Error, Result},
    store::room_states::{self, Checkpoint},
};

/// How long a statement waits for more checkpoints. The events are delivered meanwhile, before PostgreSQL takes a core.
const GATHER: Duration = Duration::from_millis(2);
/// Time between the starts of two statements. Each costs PostgreSQL a commit, and people do not notice the delay of an
/// acknowledgement, since the change itself was delivered before.
const SPACING: Duration = Duration::from_millis(10);
/// Rooms in one statement.
const BATCH: usize = 500;

/// The queue of checkpoints. Clones share it.
#[derive(Clone)]
pub(crate) struct Checkpoints(Arc<Inner>);

struct Inner {
    pool: PgPool,
    pending: Mutex<Pending>,
    progress: watch::Sender<Progress>,
    /// Held while a statement runs.
    statement: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Pending {
    rooms: HashMap<RoomId, Checkpoint>,
    marks: u64,
    /// The highest mark for which someone waits.
    wanted: u64,
    is_written: bool,
    /// When the next statement may start.
    next_start: Option<Instant>,
}

#[derive(Debug, Default)]
struct Progress {
    /// All marks up to this one are stored.
    saved: u64,
    failures: u64,
    /// The last failed statement had the marks up to this one.
    failed: u64,
    error: Option<Arc<sqlx::Error>>,
}

/// A mark. A caller can wait until it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(u64);

impl Checkpoints {
    pub(crate) fn new(pool: PgPool) -> Self {
        let (pending, progress, statement) =
            (Mutex::default(), watch::Sender::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Inner { pool, pending, progress, statement }))
    }

    /// Stores a checkpoint with the next statement.
    pub(crate) fn mark(&self, room: RoomId, checkpoint: Checkpoint) -> Ticket {
        let mut pending = self.0.pending();
        pending.put(room, checkpoint);
        pending.marks += 1;
        Ticket(pending.marks)
    }

    /// A ticket for all marks so far.
    pub(crate) fn last(&self) -> Ticket {
        Ticket(self.0.pending().marks)
    }

    /// Waits until a mark is stored.
    pub(crate) async fn kept(&self, Ticket(mark): Ticket) -> Result<()> {
        let mut progress = self.0.progress.subscribe();
        let (saved, failures) = {
            let before = progress.borrow();
            (before.saved, before.failures)
        };
        if saved < mark && self.0.pending().want(mark) {
            // On a task of its own: a cancelled caller must not cancel the statement of the others.
            tokio::spawn(self.0.clone().write());
        }
        let is_over = |now: &Progress| now.saved >= mark || (now.failures > failures && now.failed >= mark);
        let over = progress.wait_for(is_over).await.map_err(rpc::Error::internal)?;
        match &over.error {
            Some(error) if over.saved < mark => Err(Error::NotStored(error.clone())),
            _ => Ok(()),
        }
    }

    /// Stores all waiting checkpoints.
    pub(crate) async fn flush(&self) -> Result<()> {
        self.kept(self.last()).await
    }

    /// Whether a checkpoint of the room is waiting.
    pub(crate) fn is_waiting(&self, room: RoomId) -> bool {
        self.0.pending().rooms.contains_key(&room)
    }

    /// Deletes the checkpoint of a room.
    pub(crate) async fn remove(&self, room: RoomId) -> Result<()> {
        let _statement = self.0.statement.lock().await;
        self.0.pending().rooms.remove(&room);
        Ok(room_states::remove(&self.0.pool, room).await?)
    }
}

impl Inner {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock()
    }

    /// Runs statements one after the other until nobody waits or one fails.
    async fn write(self: Arc<Self>) {
        loop {
            let gathered = Instant::now() + GATHER;
            let start = self.pending().next_start.map_or(gathered, |next| next.max(gathered));
            sleep_until(start).await;
            let written = self.write_batch().await;
            let mut pending = self.pending();
            pending.next_start = Some(start + SPACING);
            if !written || pending.wanted <= self.progress.borrow().saved {
                pending.is_written = false;
                return;
            }
        }
    }

    /// Runs one statement with the waiting checkpoints, at most `BATCH`. Returns whether it succeeded.
    async fn write_batch(&self) -> bool {
        let _statement = self.statement.lock().await;
        let (batch, marks, all) = {
            let mut pending = self.pending();
            let rooms: Vec<_> = pending.rooms.keys().take(BATCH).copied().collect();
            let batch: Vec<_> = rooms.iter().filter_map(|room| pending.rooms.remove_entry(room)).collect();
            (batch, pending.marks, pending.rooms.is_empty())
        };
        if !batch.is_empty()
            && let Err(error) = room_states::save(&self.pool, &batch).await
        {
            tracing::error!(%error, rooms = batch.len(), "cannot store checkpoints of rooms");
            let mut pending = self.pending();
            for (room, checkpoint) in batch {
                pending.put(room, checkpoint);
            }
            self.progress.send_modify(|progress| {
                progress.failures += 1;
                progress.failed = marks;
                progress.error = Some(Arc::new(error));
            });
            return false;
        }
        if all {
            self.progress.send_modify(|progress| progress.saved = progress.saved.max(marks));
        }
        true
    }
}

impl Pending {
    /// Steps of a room may be marked out of order. The newest wins.
    fn put(&mut self, room: RoomId, checkpoint: Checkpoint) {
        let newest = self.rooms.entry(room).or_insert_with(|| checkpoint.clone());
        if (checkpoint.epoch, checkpoint.version) > (newest.epoch, newest.version) {
            *newest = checkpoint;
        }
    }

    /// Notes that someone waits for a mark. Returns whether the caller has to start the writer.
    fn want(&mut self, mark: u64) -> bool {
        self.wanted = self.wanted.max(mark);
        !std::mem::replace(&mut self.is_written, true)
    }
}
