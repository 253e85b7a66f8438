//! All SQL. Functions that write to a room take a [`RoomTx`], which holds the lock of the room's row. With it counts are
//! right, ids grow, and events stand in the outbox in the order in which they are committed.

pub(crate) mod assets;
pub(crate) mod items;
pub(crate) mod members;
pub(crate) mod chat;
pub(crate) mod outbox;
mod room_tx;
pub(crate) mod rooms;

pub(crate) use room_tx::RoomTx;

use ids::SubjectId;
use sqlx::{Row as _, postgres::PgRow};

/// A column that has the id of a person.
fn subject(row: &PgRow, column: &str) -> sqlx::Result<SubjectId> {
    parse_subject(row.try_get(column)?)
}

fn parse_subject(text: &str) -> sqlx::Result<SubjectId> {
    text.parse().map_err(|error: ids::ParseError| sqlx::Error::Decode(error.into()))
}
