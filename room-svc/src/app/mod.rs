//! The use cases, by subject. Changes go through [`unit::Unit`]; reads take a connection of the pool.

mod chat;
mod events;
mod invites;
mod members;
mod permissions;
mod playlist;
mod rooms;
mod unit;

use std::sync::Arc;

use outbox::Outbox;
use passwords::Stretcher;
use runtime::Clock;
use sqlx::{PgPool, Postgres, Transaction};
use state::KeyValue;

pub(crate) use chat::{FilterCache, Page, Sent};
pub(crate) use members::{Guard, JoinOutcome, Started};
pub(crate) use permissions::RoleEdit;
pub(crate) use playlist::{Followed, NewItem, Playlist};
pub(crate) use rooms::RoomReader;

use crate::{config::Sections, error::Result};

/// What every use case works with.
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) rooms: RoomReader,
    pub(crate) keys: Arc<dyn KeyValue>,
    pub(crate) clock: Clock,
    pub(crate) outbox: Outbox,
    pub(crate) sections: Sections,
    pub(crate) filters: FilterCache,
    pub(crate) guard: Guard,
    pub(crate) stretcher: Stretcher,
    pub(crate) max_items: usize,
}

impl App {
    /// A transaction whose reads all see the same moment: a list and the version that comes with it agree.
    async fn snapshot(&self) -> Result<Transaction<'static, Postgres>> {
        Ok(pg::snapshot(&self.pool).await?)
    }
}

/// A request id of the contract; an empty one is none.
fn request_id(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Size of a page, and the number of entries to read for it: one more shows whether another page follows.
fn page_limit(asked: i32, default: i32) -> (usize, i64) {
    let size = if asked > 0 { asked } else { default };
    (usize::try_from(size).unwrap_or_default(), i64::from(size) + 1)
}
