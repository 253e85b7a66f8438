//! PostgreSQL as every service uses it: a pool under the service's own role, the migrations of its schema, and
//! errors classified by what a caller can do about them.

mod cluster;
mod config;

use std::{borrow::Cow, time::Duration};

use anyhow::Context as _;
use runtime::Process;
use sqlx::{
    ConnectOptions as _, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tracing::Instrument as _;

pub use cluster::{Cluster, Durability, Options as ClusterOptions};
pub use config::Config;

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database of a service: creates its role and schema, opens a pool, and migrates the schema.
pub async fn open(config: &Config, service: &str, migrations: &'static Migrator) -> anyhow::Result<PgPool> {
    prepare(config, service).await?;
    let pool = connect(config, service).await?;
    migrate(&pool, service, migrations).await?;
    Ok(pool)
}

/// Opens the database with the settings of a process, and adds the health check `postgres`.
pub async fn start(
    process: &Process,
    service: &str,
    migrations: &'static Migrator,
) -> anyhow::Result<PgPool> {
    let pool = open(&process.settings.checked()?, service, migrations).await?;
    let checked = pool.clone();
    process.health.add("postgres", move || ping(checked.clone()));
    Ok(pool)
}

/// Whether the database answers.
pub async fn ping(pool: PgPool) -> anyhow::Result<()> {
    sqlx::query("SELECT 1").execute(&pool).await?;
    Ok(())
}

/// Begins a transaction; the caller may be cancelled at any moment.
///
/// `PgPool::begin` of sqlx 0.9 may not: cancelled between BEGIN and its answer, it gives the connection back inside a
/// transaction that nobody ends, and whatever that connection stores next is acknowledged and never committed. A task of
/// its own is not cancelled with its caller, and rolls back when nobody takes the transaction.
pub async fn begin(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    begin_with(pool, "BEGIN").await
}

/// Begins a transaction that only reads, and reads everything as of one moment; else as [`begin`].
pub async fn snapshot(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    begin_with(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await
}

async fn begin_with(pool: &PgPool, statement: &'static str) -> sqlx::Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    #[expect(clippy::disallowed_methods, reason = "the task is not cancelled")]
    let begin = async move { pool.begin_with(statement).await };
    tokio::spawn(begin.in_current_span()).await.map_err(|_| sqlx::Error::WorkerCrashed)?
}

/// Opens a pool under the service's own role, so that the service sees no other service's tables.
/// [`prepare`] creates the role.
pub async fn connect(config: &Config, service: &str) -> anyhow::Result<PgPool> {
    let options = options(config, service)?.options([("role", role(service))]);
    PgPoolOptions::new()
        .max_connections(config.max_connections)
        // A broken connection shows at its first statement. A test at each acquire would cost another round trip.
        .test_before_acquire(false)
        .acquire_timeout(CONNECT_TIMEOUT)
        .connect_with(options)
        .await
        .with_context(|| {
            format!("cannot connect {service} to PostgreSQL; is it running, and are the settings in [postgres] right?")
        })
}

/// Creates what a service needs before it can connect: its role, and the schema that the role owns. Needs a login that
/// may create roles and schemas. Does nothing where both exist. Safe to run in several processes at once.
pub async fn prepare(config: &Config, service: &str) -> anyhow::Result<()> {
    let options = options(config, service)?;
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await;
    let connected = connected.unwrap_or_else(|late| Err(sqlx::Error::Io(late.into())));
    let mut connection = connected.with_context(|| {
        format!("cannot connect to PostgreSQL to prepare the schema of {service}; is it running, and are the settings in [postgres] right?")
    })?;
    let (role, schema) = (role(service), schema(service));
    // Roles belong to the whole cluster, so the lock also orders processes that prepare different databases.
    let statement = format!(
        "DO $$ BEGIN
           PERFORM pg_advisory_xact_lock(7233019);
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
           IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN GRANT {role} TO CURRENT_USER; END IF;
           IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '{schema}') THEN CREATE SCHEMA {schema} AUTHORIZATION {role}; END IF;
         END $$"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.with_context(|| {
        format!(
            "cannot create the role and the schema of {service}; the login in [postgres] needs CREATEROLE and CREATE on the database"
        )
    })?;
    Ok(())
}

/// Migrates the schema of a service. Safe to run in several processes at once: a lock in the database orders them.
pub async fn migrate(pool: &PgPool, service: &str, migrations: &'static Migrator) -> anyhow::Result<()> {
    let mut migrations = Migrator { migrations: Cow::Borrowed(&migrations.migrations), ..Migrator::DEFAULT };
    migrations.dangerous_set_table_name(format!("{}.migrations", schema(service)));
    migrations.run(pool).await.with_context(|| format!("cannot migrate the schema of {service}"))
}

fn options(config: &Config, service: &str) -> anyhow::Result<PgConnectOptions> {
    Ok(config
        .options()?
        .application_name(service)
        // Hides "already exists, skipping" at each start.
        .options([("client_min_messages", "warning")])
        .log_slow_statements(log::LevelFilter::Warn, Duration::from_millis(500))
        .log_statements(log::LevelFilter::Trace))
}

/// `auth-svc` owns the schema `auth`.
fn schema(service: &str) -> String {
    service.trim_end_matches("-svc").chars().filter(char::is_ascii_alphanumeric).collect()
}

fn role(service: &str) -> String {
    format!("syncwatch_{}", schema(service))
}

/// Classes of database errors, by what a caller can do about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// A row with this key exists. The error names the constraint.
    UniqueViolation,
    /// A referenced row does not exist.
    ForeignKeyViolation,
    /// A retry of the same transaction may succeed.
    Transient,
    /// The disk of the database is full.
    StorageFull,
    /// Anything else, which is a defect.
    Other,
}

/// Classifies an error.
pub fn classify(error: &sqlx::Error) -> ErrorClass {
    match error {
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some("23505") => ErrorClass::UniqueViolation,
            Some("23503") => ErrorClass::ForeignKeyViolation,
            Some("53100") => ErrorClass::StorageFull,
            // serialization failure, deadlock, lock not available, too many connections, shutdown and
            // start-up of the server
            Some("40001" | "40P01" | "55P03" | "53300" | "57P01" | "57P02" | "57P03") => {
                ErrorClass::Transient
            }
            _ => ErrorClass::Other,
        },
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => ErrorClass::Transient,
        _ => ErrorClass::Other,
    }
}

/// Returns the error for a failed statement: the database does not answer, its disk is full, or the statement is a defect.
pub fn failure(error: &sqlx::Error) -> rpc::Error {
    match classify(error) {
        ErrorClass::Transient => rpc::Error::unavailable("the database", error),
        ErrorClass::StorageFull => rpc::Error::storage_full(error),
        _ => rpc::Error::internal(anyhow::anyhow!("the database refused a statement: {error}")),
    }
}

/// The constraint that an error names, if it names one.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}
