//! Reads rooms for many callers at once. Under load a statement for each call costs PostgreSQL more than the row does,
//! so calls that arrive while others are being answered share the next statement.
//!
//! Nothing is remembered: a statement starts after every call that it answers has arrived, so a caller sees each change
//! that was committed before they asked.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sqlx::PgPool;
use tokio::sync::oneshot;

use crate::{
    domain::{Room, RoomKey},
    error::Result,
    store::rooms,
};

/// Statements under way at once. A second one keeps the database busy while the rows of the first are handed out.
const STATEMENTS: usize = 2;

/// Rooms that one statement reads; more callers than that at once ask on their own.
const BATCH: usize = 256;

/// Reads rooms. Cheap to clone.
#[derive(Clone)]
pub(crate) struct RoomReader(Arc<Inner>);

struct Inner {
    pool: PgPool,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Caller>,
    statements: usize,
}

struct Caller {
    room: RoomKey,
    found: oneshot::Sender<Option<Room>>,
}

impl RoomReader {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self(Arc::new(Inner { pool, queue: Mutex::default() }))
    }

    /// Reads a room.
    pub(crate) async fn get(&self, room: &RoomKey) -> Result<Room> {
        if let Some(found) = self.enqueue(room) {
            match found.await {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => return Err(rooms::not_found(room)),
                // The statement failed. Alone, the caller gets the error that is theirs.
                Err(_) => {}
            }
        }
        rooms::get(&self.0.pool, room).await
    }

    /// Where the room will arrive; `None` when too many wait already.
    fn enqueue(&self, room: &RoomKey) -> Option<oneshot::Receiver<Option<Room>>> {
        let (found, receiver) = oneshot::channel();
        let mut queue = self.0.queue();
        if queue.waiting.len() >= BATCH {
            return None;
        }
        queue.waiting.push(Caller { room: room.clone(), found });
        if queue.statements < STATEMENTS {
            queue.statements += 1;
            // A task of its own: a caller may give up, and the others still wait.
            tokio::spawn(self.0.clone().answer());
        }
        Some(receiver)
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who waits; when nobody does, this statement was the last.
    fn next(&self) -> Option<Vec<Caller>> {
        let mut queue = self.queue();
        let callers = mem::take(&mut queue.waiting);
        if callers.is_empty() {
            queue.statements -= 1;
            return None;
        }
        Some(callers)
    }

    async fn answer(self: Arc<Self>) {
        while let Some(callers) = self.next() {
            let keys: Vec<_> = callers.iter().map(|caller| &caller.room).collect();
            // Dropped without an answer, each caller asks on their own.
            let Ok(found) = rooms::get_many(&self.pool, &keys).await else { continue };
            for Caller { room, found: sender } in callers {
                // Who has given up does not hear.
                let _ = sender.send(found.iter().find(|found| found.is_called(&room)).cloned());
            }
        }
    }
}
