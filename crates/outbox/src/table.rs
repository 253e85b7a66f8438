//! The table of an outbox: all SQL.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{AssertSqlSafe, PgConnection, PgExecutor, PgPool, Row as _};
use uuid::Uuid;

use crate::{Event, Result};

/// An outbox in the database. The README has its columns.
#[derive(Debug)]
pub struct Table {
    pub(crate) schema: &'static str,
    groups: Vec<String>,
    /// Advisory lock under which leases are given.
    lock: i64,
    append: Arc<str>,
    held: Arc<str>,
    lease: Arc<str>,
    put_aside: Arc<str>,
    release: Arc<str>,
    acknowledge: Arc<str>,
}

/// Bounds of one lease of events by one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lease<'a> {
    pub(crate) stream: Uuid,
    pub(crate) group: &'a str,
    /// Time to acknowledge an event.
    pub(crate) length: TimeDelta,
    /// Events that a stream may have without an acknowledgement.
    pub(crate) window: i64,
}

/// Position, id, key, payload, and when it was appended.
type Row = (i64, Uuid, Uuid, Vec<u8>, DateTime<Utc>);

/// Events leased by a stream.
pub(crate) struct Leased<E> {
    /// The events in order, each with its age.
    pub(crate) events: Vec<(E, TimeDelta)>,
    /// Events that were put aside because nobody can read them.
    pub(crate) unreadable: Vec<Unreadable>,
    /// The stream gets no more before it acknowledges some.
    pub(crate) window_full: bool,
}

/// An event that cannot be read.
pub(crate) struct Unreadable {
    pub(crate) position: i64,
    pub(crate) key: Uuid,
    pub(crate) why: String,
}

impl Table {
    /// The table `outbox` of a schema. `key` is its column that orders events; `groups` are the reader groups, the first of
    /// which is the default; `lock` is the number of an advisory lock that nothing else in the database uses.
    ///
    /// `schema` and `key` become part of statements, so they must be plain identifiers.
    pub fn new(schema: &'static str, key: &'static str, groups: &[&str], lock: i64) -> Self {
        let (table, channel) = (format!("{schema}.outbox"), channel(schema));
        Self {
            schema,
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            lock,
            // NOTIFY reaches listeners when the transaction commits, once for all its events.
            append: format!(
                "INSERT INTO {table} (id, {key}, payload, created_at, reader_group)
                 SELECT $1, $2, $3, $4, unnest($5::text[]) RETURNING pg_notify('{channel}', '')::text"
            )
            .into(),
            held: format!(
                "SELECT pg_advisory_xact_lock($1), set_config('synchronous_commit', 'off', true),
                   (SELECT count(*) FROM {table} WHERE leased_by = $2 AND leased_until > $3) AS held"
            )
            .into(),
            lease: format!(
                "WITH free AS (
                   SELECT o.position FROM {table} o
                   WHERE o.reader_group = $5 AND o.unreadable IS NULL AND (o.leased_until IS NULL OR o.leased_until <= $2)
                     AND NOT EXISTS (SELECT FROM {table} other WHERE other.{key} = o.{key} AND other.reader_group = $5
                       AND other.leased_by <> $1 AND other.leased_until > $2)
                   ORDER BY o.position LIMIT $4
                 )
                 UPDATE {table} o SET leased_by = $1, leased_until = $3 FROM free WHERE o.position = free.position
                 RETURNING o.position, o.id, o.{key}, o.payload, o.created_at"
            )
            .into(),
            put_aside: format!(
                "UPDATE {table} o SET unreadable = aside.why, leased_by = NULL, leased_until = NULL
                 FROM unnest($1::bigint[], $2::text[]) AS aside (position, why) WHERE o.position = aside.position"
            )
            .into(),
            release: format!(
                "UPDATE {table} SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1
                 RETURNING pg_notify('{channel}', '')::text"
            )
            .into(),
            acknowledge: format!("DELETE FROM {table} WHERE id = ANY($1) AND reader_group = $2").into(),
        }
    }

    /// The reader group of this name; the default for an empty one.
    pub fn group(&self, name: &str) -> Option<&str> {
        let mut groups = self.groups.iter().map(String::as_str);
        groups.find(|group| name.is_empty() || *group == name)
    }

    /// Adds an event to the transaction of the change that it tells of, for every reader group. The caller holds a lock
    /// on `key`: without it, a later position could be committed, and delivered, before an earlier one.
    pub async fn append(
        &self,
        db: &mut PgConnection,
        key: Uuid,
        id: Uuid,
        payload: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let query = sqlx::query(AssertSqlSafe(self.append.clone()));
        query.bind(id).bind(key).bind(payload).bind(now).bind(&self.groups).execute(db).await?;
        Ok(())
    }

    /// Leases free events to a stream, except those of keys of which another stream of the group has some: two readers
    /// would deliver them in any order.
    pub(crate) async fn lease<E: Event>(
        &self,
        pool: &PgPool,
        lease: Lease<'_>,
        now: DateTime<Utc>,
    ) -> Result<Leased<E>> {
        let mut tx = pg::begin(pool).await?;
        // One at a time, and each after the other's commit: two concurrent leases would not see each other, and could
        // split a key. A lease that a crash of the database forgets is given again, so nobody waits for the disk.
        let query = sqlx::query(AssertSqlSafe(self.held.clone()));
        let held: i64 =
            query.bind(self.lock).bind(lease.stream).bind(now).fetch_one(&mut *tx).await?.try_get("held")?;
        let limit = (lease.window - held).max(0);
        let query = sqlx::query_as(AssertSqlSafe(self.lease.clone()));
        let query = query.bind(lease.stream).bind(now).bind(now + lease.length).bind(limit).bind(lease.group);
        let mut rows: Vec<Row> = query.fetch_all(&mut *tx).await?;
        rows.sort_unstable_by_key(|(position, ..)| *position);
        let window_full = i64::try_from(rows.len()) == Ok(limit);
        let (mut events, mut unreadable) = (Vec::new(), Vec::new());
        for (position, id, key, payload, appended_at) in rows {
            match E::read(id, key, &payload) {
                Ok(event) => events.push((event, now - appended_at)),
                Err(why) => unreadable.push(Unreadable { position, key, why }),
            }
        }
        self.put_aside(&mut tx, &unreadable).await?;
        tx.commit().await?;
        Ok(Leased { events, unreadable, window_full })
    }

    /// Keeps events from being leased again: the others must go on.
    async fn put_aside(&self, db: &mut PgConnection, unreadable: &[Unreadable]) -> Result<()> {
        if unreadable.is_empty() {
            return Ok(());
        }
        let (positions, whys): (Vec<_>, Vec<_>) =
            unreadable.iter().map(|event| (event.position, event.why.as_str())).unzip();
        let query = sqlx::query(AssertSqlSafe(self.put_aside.clone()));
        query.bind(positions).bind(whys).execute(db).await?;
        Ok(())
    }

    /// Gives back what a stream has, so that others need not wait until its leases end.
    pub(crate) async fn release(&self, db: impl PgExecutor<'_>, stream: Uuid) -> Result<()> {
        sqlx::query(AssertSqlSafe(self.release.clone())).bind(stream).execute(db).await?;
        Ok(())
    }

    /// Deletes events of a group.
    pub(crate) async fn acknowledge(&self, db: impl PgExecutor<'_>, group: &str, ids: &[Uuid]) -> Result<()> {
        sqlx::query(AssertSqlSafe(self.acknowledge.clone())).bind(ids).bind(group).execute(db).await?;
        Ok(())
    }
}

/// The channel on which the replicas tell each other of new events.
pub(crate) fn channel(schema: &str) -> String {
    format!("{schema}_outbox")
}
