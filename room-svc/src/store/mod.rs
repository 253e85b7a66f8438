//! All SQL. Functions that write to a room take a [`RoomTx`], which holds the lock of the room's row. With it counts are
//! right, ids grow, and events stand in the outbox in the order in which they are committed.

pub(crate) mod assets;
pub(crate) mod bars;
pub(crate) mod chat;
pub(crate) mod cleared;
pub(crate) mod expiry;
pub(crate) mod folders;
pub(crate) mod gone;
pub(crate) mod heirs;
pub(crate) mod invites;
pub(crate) mod items;
pub(crate) mod join_requests;
pub(crate) mod live;
pub(crate) mod log;
pub(crate) mod members;
pub(crate) mod my_rooms;
pub(crate) mod outbox;
pub(crate) mod passwords;
pub(crate) mod permission_requests;
pub(crate) mod places;
pub(crate) mod plays;
pub(crate) mod public_rooms;
pub(crate) mod roles;
mod room_tx;
pub(crate) mod rooms;
pub(crate) mod saved_queues;
pub(crate) mod seats;
pub(crate) mod standings;
pub(crate) mod votes;

pub(crate) use room_tx::RoomTx;

use ids::SubjectId;
use proto::room::v1::Role;
use sqlx::{Row as _, postgres::PgRow};

use crate::domain::{Permissions, Rank, RoleChanges};

/// A column that has the id of a person.
fn subject(row: &PgRow, column: &str) -> sqlx::Result<SubjectId> {
    parse_subject(row.try_get(column)?)
}

fn parse_subject(text: &str) -> sqlx::Result<SubjectId> {
    text.parse().map_err(|error: ids::ParseError| sqlx::Error::Decode(error.into()))
}

/// A column that has the number of a role.
fn role(row: &PgRow, column: &str) -> sqlx::Result<Role> {
    Ok(Role::try_from(i32::from(row.try_get::<i16, _>(column)?)).unwrap_or_default())
}

/// Two columns that have sets of permissions; `None` where a joined table has no row.
fn changes(row: &PgRow, added: &str, removed: &str) -> sqlx::Result<Option<RoleChanges>> {
    let set =
        |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Permissions::from_bits));
    Ok(set(added)?.zip(set(removed)?).map(|(added, removed)| RoleChanges { added, removed }))
}

/// A column that has a rank.
fn rank(row: &PgRow, column: &str) -> sqlx::Result<Rank> {
    let text: &str = row.try_get(column)?;
    Rank::parse(text).ok_or_else(|| sqlx::Error::Decode(format!("`{text}` is not a rank").into()))
}
