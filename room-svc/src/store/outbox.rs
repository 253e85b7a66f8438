//! The outbox: events that sync-svc has not acknowledged yet.

use chrono::{DateTime, TimeDelta, Utc};
use ids::{EventId, RoomId};
use prost::Message as _;
use proto::room::v1::RoomEvent;
use sqlx::{PgConnection, PgExecutor, PgPool, Row as _};
use uuid::Uuid;

use crate::error::Result;

/// The channel on which the replicas tell each other of new events.
pub(crate) const CHANNEL: &str = "room_outbox";

/// Of the advisory lock under which leases are given.
const LEASING: i64 = 7_233_020;

/// Adds an event, whose ids are filled in, to the transaction of the change that it tells of. The caller holds the
/// room's lock: without it, a later position could be committed, and delivered, before an earlier one.
pub(super) async fn append(
    db: &mut PgConnection,
    room: RoomId,
    event: RoomEvent,
    now: DateTime<Utc>,
) -> Result<()> {
    let id = EventId::new();
    let event = RoomEvent { id: id.to_string(), room_id: room.to_string(), ..event };
    // Whoever listens is told when the transaction commits, once for all its events. `room_outbox` is `CHANNEL`.
    let query = sqlx::query(
        "INSERT INTO room.outbox (id, room_id, payload, created_at) VALUES ($1, $2, $3, $4) RETURNING pg_notify('room_outbox', '')::text",
    );
    query.bind(id.uuid()).bind(room.uuid()).bind(event.encode_to_vec()).bind(now).execute(db).await?;
    Ok(())
}

/// What one stream may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lease {
    /// The stream.
    pub(crate) stream: Uuid,
    /// How long it has for an acknowledgement.
    pub(crate) length: TimeDelta,
    /// How many events it may have without one.
    pub(crate) window: i64,
}

/// Position, id, room, payload, and when it was made.
type Row = (i64, Uuid, Uuid, Vec<u8>, DateTime<Utc>);

/// What a stream was given.
pub(crate) struct Leased {
    /// The events, in order, each with its age.
    pub(crate) events: Vec<(RoomEvent, TimeDelta)>,
    /// What was met on the way and put aside, for nobody can be told of it.
    pub(crate) unreadable: Vec<Unreadable>,
    /// Whether it may have no more before it acknowledges some.
    pub(crate) window_full: bool,
}

/// An event that cannot be told.
pub(crate) struct Unreadable {
    pub(crate) position: i64,
    pub(crate) room: RoomId,
    pub(crate) why: String,
}

/// Leases to a stream the events that nobody has, except those of rooms of which another stream has some: two readers
/// would tell them in any order.
pub(crate) async fn lease(pool: &PgPool, lease: Lease, now: DateTime<Utc>) -> Result<Leased> {
    let mut tx = pg::begin(pool).await?;
    // One at a time, and each after the other's commit: two leases at once would not see each other, and could split a
    // room. A lease that a crash of the database forgets is given again, so nobody waits for the disk.
    let query = sqlx::query(
        "SELECT pg_advisory_xact_lock($1), set_config('synchronous_commit', 'off', true),
           (SELECT count(*) FROM room.outbox WHERE leased_by = $2 AND leased_until > $3) AS held",
    );
    let held: i64 =
        query.bind(LEASING).bind(lease.stream).bind(now).fetch_one(&mut *tx).await?.try_get("held")?;
    let limit = (lease.window - held).max(0);
    let query = sqlx::query_as(
        "WITH free AS (
           SELECT o.position FROM room.outbox o
           WHERE o.unreadable IS NULL AND (o.leased_until IS NULL OR o.leased_until <= $2)
             AND NOT EXISTS (SELECT FROM room.outbox other WHERE other.room_id = o.room_id AND other.leased_by <> $1 AND other.leased_until > $2)
           ORDER BY o.position LIMIT $4
         )
         UPDATE room.outbox o SET leased_by = $1, leased_until = $3 FROM free WHERE o.position = free.position
         RETURNING o.position, o.id, o.room_id, o.payload, o.created_at",
    );
    let mut rows: Vec<Row> =
        query.bind(lease.stream).bind(now).bind(now + lease.length).bind(limit).fetch_all(&mut *tx).await?;
    rows.sort_unstable_by_key(|(position, ..)| *position);
    let window_full = i64::try_from(rows.len()) == Ok(limit);
    let (mut events, mut unreadable) = (Vec::new(), Vec::new());
    for (position, id, room, payload, made) in rows {
        match read(id.into(), room.into(), &payload) {
            Ok(event) => events.push((event, now - made)),
            Err(why) => unreadable.push(Unreadable { position, room: room.into(), why }),
        }
    }
    put_aside(&mut tx, &unreadable).await?;
    tx.commit().await?;
    Ok(Leased { events, unreadable, window_full })
}

/// An event as it was stored, or why it cannot be told. One that bears another id could never be acknowledged.
fn read(id: EventId, room: RoomId, payload: &[u8]) -> std::result::Result<RoomEvent, String> {
    let event = RoomEvent::decode(payload).map_err(|error| error.to_string())?;
    if event.id != id.to_string() || event.room_id != room.to_string() {
        return Err(format!("it says that it is event `{}` of room `{}`", event.id, event.room_id));
    }
    Ok(event)
}

/// Keeps events from being leased again: the others must go on.
async fn put_aside(db: &mut PgConnection, unreadable: &[Unreadable]) -> Result<()> {
    if unreadable.is_empty() {
        return Ok(());
    }
    let (positions, whys): (Vec<_>, Vec<_>) =
        unreadable.iter().map(|event| (event.position, event.why.as_str())).unzip();
    let query = sqlx::query(
        "UPDATE room.outbox o SET unreadable = aside.why, leased_by = NULL, leased_until = NULL
         FROM unnest($1::bigint[], $2::text[]) AS aside (position, why) WHERE o.position = aside.position",
    );
    query.bind(positions).bind(whys).execute(db).await?;
    Ok(())
}

/// Gives back what a stream has, so that others need not wait until its leases end.
pub(crate) async fn release(db: impl PgExecutor<'_>, stream: Uuid) -> Result<()> {
    let query = sqlx::query(
        "UPDATE room.outbox SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1 RETURNING pg_notify('room_outbox', '')::text",
    );
    query.bind(stream).execute(db).await?;
    Ok(())
}

/// Forgets events.
pub(crate) async fn acknowledge(db: impl PgExecutor<'_>, events: &[EventId]) -> Result<()> {
    let ids: Vec<Uuid> = events.iter().map(|id| id.uuid()).collect();
    sqlx::query("DELETE FROM room.outbox WHERE id = ANY($1)").bind(ids).execute(db).await?;
    Ok(())
}
