#![doc = include_str!("../README.md")]

mod stream;
mod table;
mod tasks;
mod wake;

use std::sync::Arc;

use runtime::{Clock, Tasks};
use sqlx::PgPool;
use uuid::Uuid;

pub use stream::Events;
pub use table::Table;

use crate::{stream::Series, wake::Wake};

/// An error is one of the database.
pub type Result<T, E = sqlx::Error> = std::result::Result<T, E>;

/// An event, as readers get it.
pub trait Event: Sized + Send + 'static {
    /// Decodes a stored event; an error says why nobody can read it.
    fn read(id: Uuid, key: Uuid, payload: &[u8]) -> Result<Self, String>;
}

/// An outbox with its readers in this process. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Outbox {
    table: &'static Table,
    pool: PgPool,
    clock: Clock,
    wake: Wake,
    series: Arc<Series>,
}

impl Outbox {
    /// `clock` ends leases. The background work runs in `tasks`.
    pub fn new(table: &'static Table, pool: PgPool, clock: Clock, tasks: &mut Tasks) -> Self {
        let outbox = Self { table, pool, clock, wake: Wake::new(), series: Series::of(table.schema) };
        tasks::spawn(tasks, &outbox);
        outbox
    }

    /// Wakes the readers of this process. To be called after a transaction with events has committed.
    pub fn committed(&self) {
        self.wake.committed();
    }

    /// Deletes events of a group, which have been dealt with. Unknown ids are ignored.
    pub async fn acknowledge(&self, group: &str, ids: &[Uuid]) -> Result<()> {
        self.table.acknowledge(&self.pool, group, ids).await?;
        self.wake.acknowledged();
        Ok(())
    }
}
