//! Coalesces reads of rooms. Under load a statement for each call costs PostgreSQL more than the row does, so calls that
//! arrive while a statement runs share the next one.
//!
//! Nothing is cached: a statement starts after all calls that it answers have arrived, so a caller sees every change that
//! was committed before the call.

use std::{mem, sync::Arc};

use parking_lot::{Mutex, MutexGuard};
use sqlx::PgPool;
use tokio::sync::oneshot;

use crate::{
    domain::{Room, RoomKey},
    error::Result,
    store::rooms,
};

/// Concurrent statements. The second keeps the database busy while the rows of the first are distributed.
const STATEMENTS: usize = 2;

/// Callers that share a statement at most. Further callers read on their own.
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
                // The shared statement failed. A statement of its own gives the caller the error.
                Err(_) => {}
            }
        }
        rooms::get(&self.0.pool, room).await
    }

    /// The receiver of the room; `None` when the queue is full.
    fn enqueue(&self, room: &RoomKey) -> Option<oneshot::Receiver<Option<Room>>> {
        let (found, receiver) = oneshot::channel();
        let mut queue = self.0.queue();
        if queue.waiting.len() >= BATCH {
            return None;
        }
        queue.waiting.push(Caller { room: room.clone(), found });
        if queue.statements < STATEMENTS {
            queue.statements += 1;
            // On a task of its own: one caller may be cancelled while the others wait.
            tokio::spawn(self.0.clone().answer());
        }
        Some(receiver)
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock()
    }

    /// The callers that wait. Ends this worker when there are none.
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
            // Dropping the callers makes each read on its own.
            let Ok(found) = rooms::get_many(&self.pool, &keys).await else { continue };
            for Caller { room, found: sender } in callers {
                // Fails when the caller was cancelled.
                let _ = sender.send(found.iter().find(|found| found.is_named_by(&room)).cloned());
            }
        }
    }
}
