//! The use cases, one a file.

mod append_item;
mod create_room;
mod delete_room;
mod get_access;
mod get_invite_preview;
mod hand_over_room;
mod join_room;
mod lease_items;
mod leave_room;
mod list_items;
mod list_members;
mod list_messages;
mod list_rooms;
mod move_item;
mod ownership;
mod reclaim_room;
mod record_durations;
mod remove_item;
mod room_reader;
mod send_message;
mod stream_events;
mod tickets;
mod transfer_room;
mod update_item;
mod update_room;
mod wake;

use std::sync::Arc;

use runtime::Clock;
use sqlx::{PgPool, Postgres, Transaction};
use state::KeyValue;

pub(crate) use room_reader::RoomReader;
pub(crate) use wake::Wake;

use crate::error::Result;

/// What every use case works with.
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) rooms: RoomReader,
    pub(crate) keys: Arc<dyn KeyValue>,
    pub(crate) clock: Clock,
    pub(crate) wake: Wake,
    pub(crate) max_items: usize,
}

impl App {
    /// Commits a change and wakes those who read its events.
    async fn commit(&self, tx: Transaction<'_, Postgres>) -> Result<()> {
        tx.commit().await?;
        self.wake.committed();
        Ok(())
    }
}

/// A request id of the contract, where an empty one is none.
fn request_id(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// How many entries to read for a page: as asked, or the default, and one to see whether there are more.
fn page_limit(asked: i32, default: i32) -> (usize, i64) {
    let size = if asked > 0 { asked } else { default };
    (usize::try_from(size).unwrap_or_default(), i64::from(size) + 1)
}
