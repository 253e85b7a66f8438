//! A private PostgreSQL, made by the installed `initdb`, run by the installed `postgres`, and reached only through a Unix
//! socket in a folder that no other user can enter. For `syncwatch up` and for tests.

mod folders;
mod holder;
mod launch;
mod log;
mod programs;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use nix::sys::signal::Signal;
use parking_lot::{Mutex, MutexGuard};
use runtime::Child;
use sqlx::{Connection as _, PgConnection};

use self::{folders::Folders, launch::Launcher, log::Log};

/// Time that a start may take without a new line in the server's log. Recovery after a crash reports its progress there
/// every 10 s, so a long recovery stays within this limit, and a server that hangs does not.
const STALL: Duration = Duration::from_mins(2);

/// Interval of the log lines about a start that takes long.
const MENTION_EVERY: Duration = Duration::from_secs(5);

const POLL: Duration = Duration::from_millis(10);

/// How a server is stopped: by a fast shutdown, which writes a checkpoint, then by an immediate one, after which the next
/// start has to recover.
const STOP: [(Signal, Duration); 2] =
    [(Signal::SIGINT, Duration::from_secs(8)), (Signal::SIGQUIT, Duration::from_secs(1))];

/// A private server. Stops when it is dropped.
pub struct Cluster {
    folders: Folders,
    launcher: Launcher,
    durability: Durability,
    log: Log,
    // The running server; none while it is down.
    server: Mutex<Option<Arc<Child>>>,
}

/// What a crash may lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Full,
    /// Everything: for tests.
    None,
}

/// How a server is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where PostgreSQL's programs are; empty: where they are installed.
    pub bin_dir: PathBuf,
    /// What a crash may lose.
    pub durability: Durability,
    /// Whether the server ends when this process does, even by kill -9; needs a program that understands
    /// [`runtime::child::tied`].
    pub tied: bool,
    /// Where the server's log is kept: this file and two older ones, 10 MB each.
    pub log: PathBuf,
}

impl Cluster {
    /// Starts the server of `dir`. Creates its files first where there are none.
    pub async fn start(dir: &Path, options: Options) -> anyhow::Result<Self> {
        // Comes before any write: data that these programs cannot read stays unchanged.
        let programs = programs::find(&options.bin_dir, &folders::data(dir))?;
        let user = folders::database_user()?;
        let log = Log::open(&options.log)?;
        let launcher = Launcher { programs, user, tied: options.tied };
        let folders = Folders::open(dir, user)?;
        let cluster =
            Self { folders, launcher, durability: options.durability, log, server: Mutex::default() };
        if !cluster.folders.has_data() {
            cluster.init()?;
        }
        cluster.launch().await?;
        Ok(cluster)
    }

    /// Creates a database unless it exists, and returns its URL.
    pub async fn database(&self, name: &str) -> anyhow::Result<String> {
        let mut connection = self.connect("postgres").await?;
        let exists: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
            .bind(name)
            .fetch_optional(&mut connection)
            .await?;
        if exists.is_none() {
            anyhow::ensure!(
                name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
                "`{name}` is no name for a database"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
                .execute(&mut connection)
                .await?;
        }
        Ok(self.url(name))
    }

    /// Starts the server unless it runs, and waits until it ends. Returns why it ended, or `Ok` when `stop` comes first; the
    /// server keeps running then.
    pub async fn keep(&self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let running = async {
            if self.ended().is_some() {
                self.launch().await?;
            }
            let server = self.server().clone();
            if let Some(server) = server {
                server.ended().await;
            }
            self.ended().map_or(Ok(()), Err)
        };
        tokio::select! {
            outcome = running => outcome,
            () = stop => Ok(()),
        }
    }

    /// Stops the server in any state. Takes 11 s at most.
    pub async fn stop(&self) {
        let server = self.server().take();
        if let Some(server) = server {
            server.stop(&STOP).await;
        }
    }

    fn server(&self) -> MutexGuard<'_, Option<Arc<Child>>> {
        self.server.lock()
    }

    /// Why the server does not run; `None` while it runs.
    fn ended(&self) -> Option<anyhow::Error> {
        match &*self.server() {
            None => Some(anyhow::anyhow!("postgres does not run")),
            Some(server) => server
                .status()
                .map(|status| anyhow::anyhow!("postgres ended with {status}:\n{}", self.log.tail())),
        }
    }

    fn url(&self, database: &str) -> String {
        // The URL names the port and the rest, so that PGPORT and PGSSLMODE of the environment have no effect.
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("host", &self.folders.sockets().to_string_lossy())
            .append_pair("sslmode", "disable")
            .finish();
        format!("postgres://postgres@localhost:{}/{database}?{query}", launch::PORT)
    }

    async fn connect(&self, database: &str) -> sqlx::Result<PgConnection> {
        PgConnection::connect(&self.url(database)).await
    }

    /// Creates the files of an empty server under a temporary name first, so that an interrupted start leaves nothing that
    /// looks like a database.
    fn init(&self) -> anyhow::Result<()> {
        let staged = self.folders.stage()?;
        let output = self.launcher.initdb(&staged)?.output().context("cannot run initdb")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            if said.contains("could not look up effective user ID") {
                bail!(
                    "initdb needs a name for the user {}; add a line for that number to /etc/passwd, or name a server with --database-url",
                    nix::unistd::Uid::effective()
                );
            }
            bail!("initdb could not make a database in {}: {}", self.folders, said.trim());
        }
        self.folders.commit_stage(&staged, self.durability == Durability::Full)
    }

    /// Starts the server and waits until it accepts connections.
    async fn launch(&self) -> anyhow::Result<()> {
        holder::wait_for_end(&self.folders).await?;
        let command = self.launcher.postgres(self.folders.open_data()?, self.durability);
        let mut server = Child::spawn(command).context("cannot run postgres")?;
        if let Some(stderr) = server.take_stderr() {
            self.log.follow(stderr)?;
        }
        *self.server() = Some(Arc::new(server));
        let (mut waited, mut lines, mut stalled) = (Duration::ZERO, 0, Duration::ZERO);
        loop {
            if let Some(why) = self.ended() {
                return Err(why);
            }
            if let Ok(connection) = self.connect("postgres").await {
                let _ = connection.close().await;
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
            waited += POLL;
            stalled = if self.log.lines() == lines { stalled + POLL } else { Duration::ZERO };
            lines = self.log.lines();
            if waited.as_millis().is_multiple_of(MENTION_EVERY.as_millis()) {
                tracing::warn!(
                    last = self.log.last(),
                    "the database is still starting, after a crash most likely"
                );
            }
            if stalled >= STALL {
                bail!("postgres in {} hangs as it starts:\n{}", self.folders, self.log.tail());
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(server) = self.server().take() {
            // Without waiting for a checkpoint; dropping the child waits for its end.
            server.signal(Signal::SIGQUIT);
            holder::wait_briefly(|| server.status().is_some());
        }
    }
}
