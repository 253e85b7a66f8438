//! Lists of public rooms, by `room.live` alone: rooms are read once their page is known.

use sqlx::{FromRow as _, PgExecutor, PgPool};
use uuid::Uuid;

use super::rooms::columns;
use crate::{domain::Room, error::Result};

/// Which public rooms.
pub(crate) struct Filter {
    /// A `tsquery`.
    pub(crate) search: Option<String>,
    pub(crate) live_only: bool,
}

/// A page of the rooms `l` of a source.
macro_rules! page {
    ($source:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM (",
            $source,
            ") l JOIN room.rooms r ON r.id = l.room_id ORDER BY l.present_count DESC, l.room_id DESC LIMIT $5"
        )
    };
}

/// Finds the rooms of a page among the next 1,000. A word that many rooms have is found there, without the index.
const AMONG_THE_NEXT: &str = page!(
    "SELECT * FROM (
         SELECT * FROM room.live WHERE listed AND (present_count, room_id) < ($1, $2) AND (NOT $4 OR present_count > 0)
         ORDER BY present_count DESC, room_id DESC LIMIT 1000) next
     WHERE $3::text IS NULL OR search @@ $3::tsquery"
);

/// Finds the rooms of a page by the index of words. Materialized: with the limit in sight, PostgreSQL would walk the order of the
/// rooms, all of them for a rare word.
const BY_WORDS: &str = page!(
    "WITH found AS MATERIALIZED (
         SELECT * FROM room.live WHERE listed AND search @@ $3::tsquery AND (present_count, room_id) < ($1, $2)
           AND (NOT $4 OR present_count > 0))
     SELECT * FROM found"
);

/// The rooms after one with `present` people and this id, those with most people first.
pub(crate) async fn list(
    pool: &PgPool,
    filter: &Filter,
    (present, id): (i32, Uuid),
    limit: i64,
) -> Result<Vec<Room>> {
    let page = async |statement| {
        let page = sqlx::query(statement).bind(present).bind(id).bind(&filter.search);
        page.bind(filter.live_only).bind(limit).fetch_all(pool).await
    };
    let mut rows = page(AMONG_THE_NEXT).await?;
    if filter.search.is_some() && i64::try_from(rows.len()) != Ok(limit) {
        rows = page(BY_WORDS).await?;
    }
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
