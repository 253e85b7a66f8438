//! A private PostgreSQL: made by the installed `initdb`, run by the installed `postgres`, reached only through a Unix
//! socket in a folder that nobody else can enter. For `syncwatch up` and for tests.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail};
use sqlx::{Connection as _, PgConnection};

/// What it takes to run one.
const PROGRAMS: [&str; 3] = ["initdb", "postgres", "pg_ctl"];

/// How long a start may take; recovery after a crash is part of it.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// The longest path of a Unix socket, less the name that PostgreSQL gives it.
const MAX_SOCKET_DIR: usize = 80;

/// A running private server. Stops when it is dropped.
pub struct Cluster {
    data: PathBuf,
    sockets: PathBuf,
    bin: PathBuf,
    server: Option<Child>,
}

/// What may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Full,
    /// Everything: for tests.
    None,
}

impl Cluster {
    /// Starts the server that lives in `dir`, and makes it first where there is none. A server that a killed process
    /// left behind is taken over. PostgreSQL's programs are those in `bin_dir` or, where that is empty, those installed.
    pub async fn start(dir: &Path, bin_dir: &Path, durability: Durability) -> anyhow::Result<Self> {
        let bin = find_binaries(bin_dir)?;
        let data = dir.join("data");
        fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
        let dir = fs::canonicalize(dir)?;
        let sockets = socket_dir(&dir);
        for folder in [&dir, &sockets] {
            fs::create_dir_all(folder)?;
            give(folder)?;
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        let mut cluster = Self { data, sockets, bin, server: None };
        if !cluster.data.join("PG_VERSION").exists() {
            cluster.init()?;
        }
        if cluster.connect("postgres").await.is_err() {
            cluster.server = Some(cluster.spawn(durability)?);
        }
        cluster.wait().await?;
        Ok(cluster)
    }

    /// Makes a database unless it exists, and gives its URL.
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

    fn url(&self, database: &str) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("host", &self.sockets.to_string_lossy())
            .finish();
        format!("postgres://postgres@localhost/{database}?{query}")
    }

    async fn connect(&self, database: &str) -> sqlx::Result<PgConnection> {
        PgConnection::connect(&self.url(database)).await
    }

    fn init(&self) -> anyhow::Result<()> {
        let output = as_unprivileged(self.bin.join("initdb"))?
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
            ])
            .arg(&self.data)
            .stdin(Stdio::null())
            .output()
            .context("cannot run initdb")?;
        if !output.status.success() {
            bail!(
                "initdb could not make a database in {}: {}",
                self.data.display(),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(())
    }

    fn spawn(&self, durability: Durability) -> anyhow::Result<Child> {
        let log = fs::File::create(self.sockets.join("postgres.log"))?;
        let mut command = as_unprivileged(self.bin.join("postgres"))?;
        command.arg("-D").arg(&self.data).arg("-k").arg(&self.sockets).args(["-c", "listen_addresses="]);
        // Small, because it shares a laptop with everything else.
        command.args([
            "-c",
            "shared_buffers=32MB",
            "-c",
            "max_connections=100",
            "-c",
            "max_wal_size=256MB",
            "-c",
            "jit=off",
        ]);
        match durability {
            Durability::Full => {
                // Ctrl-C in the terminal is for us; we stop the server when our services have ended.
                command.process_group(0);
            }
            Durability::None => {
                command.args([
                    "-c",
                    "fsync=off",
                    "-c",
                    "synchronous_commit=off",
                    "-c",
                    "full_page_writes=off",
                ]);
            }
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.spawn().context("cannot run postgres")
    }

    async fn wait(&mut self) -> anyhow::Result<()> {
        let ready = async {
            loop {
                if let Some(server) = &mut self.server
                    && let Some(status) = server.try_wait()?
                {
                    let log = fs::read_to_string(self.sockets.join("postgres.log")).unwrap_or_default();
                    let tail = log
                        .lines()
                        .rev()
                        .take(5)
                        .collect::<Vec<_>>()
                        .into_iter()
                        .rev()
                        .collect::<Vec<_>>()
                        .join("\n");
                    bail!("postgres ended with {status}:\n{tail}");
                }
                if let Ok(connection) = PgConnection::connect(&self.url("postgres")).await {
                    let _ = connection.close().await;
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        };
        match tokio::time::timeout(START_TIMEOUT, ready).await {
            Ok(outcome) => outcome,
            Err(_) => bail!(
                "postgres in {} did not come up within {} s",
                self.data.display(),
                START_TIMEOUT.as_secs()
            ),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let Ok(mut stop) = as_unprivileged(self.bin.join("pg_ctl")) else { return };
        let _ = stop
            .arg("stop")
            .args(["-m", "fast", "-w", "-D"])
            .arg(&self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if let Some(mut server) = self.server.take() {
            let _ = server.wait();
        }
    }
}

fn find_binaries(bin_dir: &Path) -> anyhow::Result<PathBuf> {
    let (places, looked) = if bin_dir.as_os_str().is_empty() {
        (installed(), "under /usr/lib/postgresql or in PATH".to_owned())
    } else {
        (
            vec![std::path::absolute(bin_dir)?],
            format!("in {}, which up.postgres_bin_dir names", bin_dir.display()),
        )
    };
    places
        .into_iter()
        .find(|place| PROGRAMS.iter().all(|name| place.join(name).is_file()))
        .with_context(|| {
            let [first, second, third] = PROGRAMS;
            format!("PostgreSQL is not installed: there is no {first}, {second} and {third} {looked}; install it (Debian: apt-get install postgresql), or name a server with --database-url")
        })
}

/// Where PostgreSQL may be. Debian's own folders first, the newest in front: what is in PATH may be a wrapper for another
/// user.
fn installed() -> Vec<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions.into_iter().rev().chain(std::env::split_paths(&path)).collect()
}

fn socket_dir(dir: &Path) -> PathBuf {
    let beside = dir.join("run");
    if beside.as_os_str().len() <= MAX_SOCKET_DIR {
        return beside;
    }
    // The same folder for the same data, so that a server that was left behind is found again.
    let mut hasher = DefaultHasher::new();
    dir.hash(&mut hasher);
    std::env::temp_dir().join(format!("syncwatch-{:016x}", hasher.finish()))
}

/// PostgreSQL refuses to run as root; then it runs as the user that Debian's package made for it, or as `nobody`.
fn unprivileged() -> anyhow::Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self").map(|me| std::os::unix::fs::MetadataExt::uid(&me)).unwrap_or_default() != 0
    {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let user = |name: &str| {
        let fields: Vec<&str> =
            users.lines().find(|line| line.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    user("postgres")
        .or_else(|| user("nobody"))
        .map(Some)
        .context("there is neither a user `postgres` nor `nobody` to run PostgreSQL as")
}

fn as_unprivileged(program: PathBuf) -> anyhow::Result<Command> {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some((user, group)) = unprivileged()? {
        command.uid(user).gid(group);
    }
    Ok(command)
}

fn give(folder: &Path) -> anyhow::Result<()> {
    if let Some((user, group)) = unprivileged()? {
        chown(folder, Some(user), Some(group))?;
    }
    Ok(())
}
