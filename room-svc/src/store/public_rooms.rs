//! Lists of public rooms, by `room.live` alone: rooms are read once their page is known.

use sqlx::{FromRow as _, PgExecutor};
use uuid::Uuid;

use super::rooms::columns;
use crate::{domain::Room, error::Result};

/// Which public rooms.
pub(crate) struct Filter {
    /// A `tsquery`.
    pub(crate) search: Option<String>,
    pub(crate) live_only: bool,
}

/// The rooms after one with `present` people and this id, those with most people first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    filter: &Filter,
    (present, id): (i32, Uuid),
    limit: i64,
) -> Result<Vec<Room>> {
    let page = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM room.live l JOIN room.rooms r ON r.id = l.room_id
         WHERE l.listed AND (l.present_count, l.room_id) < ($1, $2) AND ($3::text IS NULL OR l.search @@ $3::tsquery)
           AND (NOT $4 OR l.present_count > 0)
         ORDER BY l.present_count DESC, l.room_id DESC LIMIT $5"
    ));
    let page = page.bind(present).bind(id).bind(&filter.search).bind(filter.live_only).bind(limit);
    let rows = page.fetch_all(db).await?;
    Ok(rows.iter().map(Room::from_row).collect::<sqlx::Result<_>>()?)
}

/// The number of rooms, up to `most`.
pub(crate) async fn count(db: impl PgExecutor<'_>, filter: &Filter, most: i64) -> Result<i64> {
    let count = sqlx::query_scalar(
        "SELECT count(*) FROM (
             SELECT FROM room.live l WHERE l.listed AND ($1::text IS NULL OR l.search @@ $1::tsquery)
               AND (NOT $2 OR l.present_count > 0) LIMIT $3) c",
    );
    Ok(count.bind(&filter.search).bind(filter.live_only).bind(most).fetch_one(db).await?)
}
