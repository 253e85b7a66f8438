//! A database, and instances of a service that use one outbox of it.

use std::sync::LazyLock;

use outbox::{Event, Events, Outbox, Table};
use runtime::{Clock, Shutdown, Tasks};
use sqlx::PgPool;
use testkit::Postgres;
use uuid::Uuid;

pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new("test", "subject", &["first", "second"], 42));

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("tests/migrations");

pub(crate) struct World {
    pub(crate) postgres: Postgres,
    pub(crate) clock: Clock,
}

pub(crate) struct Instance {
    pub(crate) outbox: Outbox,
    pub(crate) pool: PgPool,
    clock: Clock,
    _tasks: Tasks,
}

/// An event: its id and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbered(pub(crate) Uuid, pub(crate) u8);

impl Event for Numbered {
    fn read(id: Uuid, _: Uuid, payload: &[u8]) -> Result<Self, String> {
        match payload {
            [number] => Ok(Self(id, *number)),
            _ => Err("it is no number".to_owned()),
        }
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self { postgres: Postgres::start().await.unwrap(), clock: Clock::manual(1_800_000_000_000_000) }
    }

    pub(crate) async fn instance(&self) -> Instance {
        let pool = self.postgres.pool("test-svc", &MIGRATIONS).await.unwrap();
        let mut tasks = Tasks::new(Shutdown::default());
        let outbox = Outbox::new(&TABLE, pool.clone(), self.clock.clone(), &mut tasks);
        Instance { outbox, pool, clock: self.clock.clone(), _tasks: tasks }
    }
}

impl Instance {
    /// Appends an event of a key and commits.
    pub(crate) async fn append(&self, key: Uuid, payload: &[u8]) -> Uuid {
        let id = Uuid::from_u128(u128::from(payload[0]) + 1);
        let mut tx = pg::begin(&self.pool).await.unwrap();
        TABLE.append(&mut tx, key, id, payload.to_vec(), self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.outbox.committed();
        id
    }

    pub(crate) fn read(&self, group: &str) -> Events<Numbered> {
        self.outbox.stream(group, format!("reader of {group}"))
    }

    /// Rows that a group has not acknowledged.
    pub(crate) async fn left(&self, group: &str) -> i64 {
        let query = sqlx::query_scalar("SELECT count(*) FROM test.outbox WHERE reader_group = $1");
        query.bind(group).fetch_one(&self.pool).await.unwrap()
    }
}

/// The numbers of the next events.
pub(crate) async fn take(events: &mut Events<Numbered>, count: usize) -> Vec<u8> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        numbers.push(events.recv().await.expect("the stream goes on").unwrap().1);
    }
    numbers
}
