//! Votes for the item that plays next.

use ids::{ItemId, RoomId, SubjectId};
use proto::room::v1::ItemVotes;
use sqlx::{PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::RoomTx;
use crate::error::Result;

/// Voters that are listed for an item.
const MOST_LISTED: i32 = 100;

/// The votes of the items of room `$1`, or of its item `$3`, with `$2` voters each at most.
macro_rules! tally {
    ($which:literal, $order:literal) => {
        concat!(
            "SELECT item_id, count(*)::int AS count, (array_agg(subject_id ORDER BY voted_at, subject_id))[1:$2] AS voters
             FROM room.item_votes WHERE room_id = $1",
            $which,
            " GROUP BY item_id",
            $order
        )
    };
}

fn votes(row: &PgRow) -> sqlx::Result<ItemVotes> {
    Ok(ItemVotes {
        item_id: ItemId::from(row.try_get::<Uuid, _>("item_id")?).to_string(),
        count: row.try_get("count")?,
        voter_ids: row.try_get("voters")?,
    })
}

/// The votes of a room: items with most votes first.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<ItemVotes>> {
    let query = sqlx::query(tally!("", " ORDER BY count DESC, item_id"));
    let rows = query.bind(room.uuid()).bind(MOST_LISTED).fetch_all(db).await?;
    Ok(rows.iter().map(votes).collect::<sqlx::Result<_>>()?)
}

/// The votes for one item.
pub(crate) async fn of(db: impl PgExecutor<'_>, room: RoomId, item: ItemId) -> Result<ItemVotes> {
    let query = sqlx::query(tally!(" AND item_id = $3", ""));
    let row = query.bind(room.uuid()).bind(MOST_LISTED).bind(item.uuid()).fetch_optional(db).await?;
    let none = || ItemVotes { item_id: item.to_string(), ..ItemVotes::default() };
    Ok(row.as_ref().map(votes).transpose()?.unwrap_or_else(none))
}

/// Adds the vote of a person. Returns whether there was none.
pub(crate) async fn insert(tx: &mut RoomTx, item: ItemId, subject: SubjectId) -> Result<bool> {
    let query = sqlx::query(
        "INSERT INTO room.item_votes (item_id, subject_id, room_id, voted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(item.uuid()).bind(subject.to_string()).bind(tx.room_id().uuid()).bind(tx.now());
    Ok(query.execute(tx.db()).await?.rows_affected() == 1)
}

/// Withdraws the vote of a person. Returns whether there was one.
pub(crate) async fn remove(tx: &mut RoomTx, item: ItemId, subject: SubjectId) -> Result<bool> {
    let query = sqlx::query("DELETE FROM room.item_votes WHERE item_id = $1 AND subject_id = $2");
    Ok(query.bind(item.uuid()).bind(subject.to_string()).execute(tx.db()).await?.rows_affected() == 1)
}
