//! Who is in rooms and what is on there. Reports take no lock of a room: `room.live` and `room.visits` are written by them
//! alone, besides the seat of someone who joins, which `seats` keeps under the lock.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use ids::{RoomId, SubjectId};
use prost::Message as _;
use proto::room::v1::Source;
use sqlx::{PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{parse_subject, subject};
use crate::{
    domain::{Glimpse, Live, Playing, Report},
    error::Result,
};

/// What is known of a room now: see `rooms::columns`.
pub(super) fn live(row: &PgRow) -> sqlx::Result<Live> {
    Ok(Live {
        present_count: row.try_get("present_count")?,
        visited: row.try_get::<Option<DateTime<Utc>>, _>("reported_at")?.is_some(),
        owner_away: row.try_get("owner_away")?,
        waiting: row.try_get("waiting")?,
        on: Playing {
            item_id: row.try_get::<Option<Uuid>, _>("item_id")?.map(Into::into),
            is_moving: row.try_get("playing")?,
            position_us: row.try_get("position_us")?,
            position_at: row.try_get("position_at")?,
            rate: row.try_get("rate")?,
        },
    })
}

/// Stores reports, and who has come and gone since the reports before. A person who has gone keeps their seat for `grace`.
/// Returns the rooms whose reports were new.
pub(crate) async fn report(
    db: &mut PgConnection,
    reports: &[Report],
    grace: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<RoomId>> {
    let rooms: Vec<Uuid> = reports.iter().map(|report| report.room.uuid()).collect();
    let (of_room, people): (Vec<Uuid>, Vec<String>) = reports
        .iter()
        .flat_map(|report| report.people.iter().map(|person| (report.room.uuid(), person.to_string())))
        .unzip();
    let counts: Vec<i32> =
        reports.iter().map(|report| i32::try_from(report.people.len()).unwrap_or(i32::MAX)).collect();
    // Rows are locked in the order of their rooms, so that two batches with the same rooms do not deadlock.
    let stored = sqlx::query_scalar(
        "INSERT INTO room.live AS l (room_id, epoch, version, reported_at, present_count, empty_since,
             owner_absent_since, owner_away, waiting, item_id, playing, position_us, position_at, rate, listed)
         SELECT g.room_id, g.epoch, g.version, $1, g.present_count, CASE WHEN g.present_count = 0 THEN $1 END,
             CASE WHEN g.present_count > 0 AND NOT p.owner_present THEN $1 END, g.owner_away, g.waiting, g.item_id,
             g.playing, g.position_us, g.position_at, g.rate, r.visibility = 1 AND r.closed_at IS NULL
         FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::integer[], $6::boolean[], $7::boolean[], $8::uuid[],
                  $9::boolean[], $10::bigint[], $11::timestamptz[], $12::double precision[])
              AS g (room_id, epoch, version, present_count, owner_away, waiting, item_id, playing, position_us,
                    position_at, rate)
         JOIN room.rooms r ON r.id = g.room_id
         CROSS JOIN LATERAL (
             SELECT EXISTS (SELECT FROM unnest($13::uuid[], $14::text[]) AS q (room_id, subject_id)
                            WHERE q.room_id = r.id AND q.subject_id = r.owner_id) AS owner_present) p
         ORDER BY g.room_id
         ON CONFLICT (room_id) DO UPDATE SET
             epoch = excluded.epoch, version = excluded.version, reported_at = excluded.reported_at,
             present_count = excluded.present_count,
             empty_since = CASE WHEN excluded.empty_since IS NOT NULL THEN coalesce(l.empty_since, excluded.empty_since) END,
             owner_absent_since = CASE WHEN excluded.owner_absent_since IS NOT NULL
                 THEN coalesce(l.owner_absent_since, excluded.owner_absent_since) END,
             owner_away = excluded.owner_away, waiting = excluded.waiting, item_id = excluded.item_id,
             playing = excluded.playing, position_us = excluded.position_us, position_at = excluded.position_at,
             rate = excluded.rate
         WHERE (l.epoch, l.version) <= (excluded.epoch, excluded.version)
         RETURNING l.room_id",
    );
    let stored: Vec<Uuid> = stored
        .bind(now)
        .bind(&rooms)
        .bind(reports.iter().map(|report| report.epoch).collect::<Vec<_>>())
        .bind(reports.iter().map(|report| report.version).collect::<Vec<_>>())
        .bind(counts)
        .bind(reports.iter().map(|report| report.owner_away).collect::<Vec<_>>())
        .bind(reports.iter().map(|report| report.waiting).collect::<Vec<_>>())
        .bind(reports.iter().map(|report| report.on.item_id.map(ids::ItemId::uuid)).collect::<Vec<_>>())
        .bind(reports.iter().map(|report| report.on.is_moving).collect::<Vec<_>>())
        .bind(reports.iter().map(|report| report.on.position_us).collect::<Vec<_>>())
        .bind(reports.iter().map(|report| report.on.position_at).collect::<Vec<_>>())
        .bind(reports.iter().map(|report| report.on.rate).collect::<Vec<_>>())
        .bind(&of_room)
        .bind(&people)
        .fetch_all(&mut *db)
        .await?;
    come(db, &stored, (&of_room, &people), now).await?;
    gone(db, &stored, (&of_room, &people), now, grace).await?;
    Ok(stored.into_iter().map(RoomId::from).collect())
}

async fn come(
    db: &mut PgConnection,
    rooms: &[Uuid],
    (of_room, people): (&[Uuid], &[String]),
    now: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.visits AS v (room_id, subject_id, seat_until, last_seen_at)
         SELECT room_id, subject_id, 'infinity', $1
         FROM unnest($2::uuid[], $3::text[]) AS p (room_id, subject_id)
         WHERE room_id = ANY($4)
           AND NOT EXISTS (SELECT FROM room.visits o WHERE o.room_id = p.room_id AND o.subject_id = p.subject_id
                           AND o.seat_until = 'infinity')
         ORDER BY room_id, subject_id
         ON CONFLICT (room_id, subject_id) DO UPDATE SET seat_until = 'infinity', last_seen_at = $1
         WHERE v.seat_until <> 'infinity'",
    );
    query.bind(now).bind(of_room).bind(people).bind(rooms).execute(db).await?;
    Ok(())
}

async fn gone(
    db: &mut PgConnection,
    rooms: &[Uuid],
    (of_room, people): (&[Uuid], &[String]),
    now: DateTime<Utc>,
    grace: TimeDelta,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE room.visits v SET seat_until = $1, last_seen_at = $2
         WHERE v.room_id = ANY($3) AND v.seat_until = 'infinity'
           AND NOT EXISTS (SELECT FROM unnest($4::uuid[], $5::text[]) AS p (room_id, subject_id)
                           WHERE p.room_id = v.room_id AND p.subject_id = v.subject_id)",
    );
    query.bind(now + grace).bind(now).bind(rooms).bind(of_room).bind(people).execute(db).await?;
    Ok(())
}

/// Empties rooms of which no report has come since `before`, at most 100: the replica that reported them is gone. Safe on
/// several replicas at once. Returns them.
pub(crate) async fn forget_stale(
    db: &mut PgConnection,
    before: DateTime<Utc>,
    grace: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<RoomId>> {
    let emptied = sqlx::query_scalar(
        "UPDATE room.live l SET present_count = 0, empty_since = $2, owner_absent_since = NULL, owner_away = false,
             playing = false, waiting = false
         WHERE l.room_id IN (
             SELECT s.room_id FROM room.live s WHERE s.present_count > 0 AND s.reported_at < $1
             ORDER BY s.reported_at LIMIT 100 FOR UPDATE SKIP LOCKED)
         RETURNING l.room_id",
    );
    let emptied: Vec<Uuid> = emptied.bind(before).bind(now).fetch_all(&mut *db).await?;
    gone(db, &emptied, (&[], &[]), now, grace).await?;
    Ok(emptied.into_iter().map(RoomId::from).collect())
}

/// What lists show of these rooms besides their settings. Rooms about which there is nothing to show are left out.
pub(crate) async fn glimpses(db: impl PgExecutor<'_>, rooms: &[RoomId]) -> Result<HashMap<RoomId, Glimpse>> {
    let rows = sqlx::query(
        "SELECT l.room_id, i.title, i.source, coalesce(i.duration_us, 0) AS duration_us,
             ARRAY(SELECT m.display_name FROM room.visits v JOIN room.members m USING (room_id, subject_id)
                   WHERE v.room_id = l.room_id AND v.seat_until = 'infinity' ORDER BY m.position LIMIT 3) AS names
         FROM room.live l LEFT JOIN room.items i ON i.id = l.item_id
         WHERE l.room_id = ANY($1) AND (l.present_count > 0 OR i.id IS NOT NULL)",
    );
    let rooms: Vec<Uuid> = rooms.iter().map(|room| room.uuid()).collect();
    let rows = rows.bind(rooms).fetch_all(db).await?;
    let glimpse = |row: &PgRow| -> sqlx::Result<_> {
        let source: Option<&[u8]> = row.try_get("source")?;
        let glimpse = Glimpse {
            title: row.try_get::<Option<String>, _>("title")?.unwrap_or_default(),
            picture_url: picture_url(source)?,
            duration_us: row.try_get("duration_us")?,
            names: row.try_get("names")?,
        };
        Ok((row.try_get::<Uuid, _>("room_id")?.into(), glimpse))
    };
    Ok(rows.iter().map(glimpse).collect::<sqlx::Result<_>>()?)
}

fn picture_url(source: Option<&[u8]>) -> sqlx::Result<String> {
    let Some(source) = source else { return Ok(String::new()) };
    let source = Source::decode(source).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(source.picture_url)
}

/// A room with people in it and without its owner.
pub(crate) struct Ownerless {
    pub(crate) room: RoomId,
    pub(crate) owner: SubjectId,
    /// The members who are there, those who joined first at the front.
    pub(crate) present: Vec<SubjectId>,
}

/// Rooms whose owner has been absent since before `gone`, or is no member any more and has been absent since before
/// `left`, while others are there. The longest absence first.
pub(crate) async fn ownerless(
    db: impl PgExecutor<'_>,
    gone: DateTime<Utc>,
    left: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Ownerless>> {
    let rows = sqlx::query(
        "SELECT r.id, r.owner_id,
             ARRAY(SELECT m.subject_id FROM room.visits v JOIN room.members m USING (room_id, subject_id)
                   WHERE v.room_id = r.id AND v.seat_until = 'infinity' ORDER BY m.position LIMIT 100) AS present
         FROM room.live l JOIN room.rooms r ON r.id = l.room_id
         WHERE l.owner_absent_since < greatest($1, $2)
           AND (l.owner_absent_since < $1
                OR NOT EXISTS (SELECT FROM room.members m WHERE m.room_id = r.id AND m.subject_id = r.owner_id))
         ORDER BY l.owner_absent_since LIMIT $3",
    );
    let rows = rows.bind(gone).bind(left).bind(limit).fetch_all(db).await?;
    let ownerless = |row: &PgRow| -> sqlx::Result<_> {
        let present: Vec<String> = row.try_get("present")?;
        Ok(Ownerless {
            room: row.try_get::<Uuid, _>("id")?.into(),
            owner: subject(row, "owner_id")?,
            present: present.iter().map(|id| parse_subject(id)).collect::<sqlx::Result<_>>()?,
        })
    };
    Ok(rows.iter().map(ownerless).collect::<sqlx::Result<_>>()?)
}
