//! `syncwatch up --split`: each service a process of its own, with a PostgreSQL and a Redis, as in a cluster but on one
//! machine. For trying what a cluster does, and for the tests that must pass in both shapes.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use pg::{Cluster, Durability};
use rand::Rng as _;
use runtime::{Settings, Shutdown};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::{Child, Command},
};

use crate::{
    commands::UpArguments,
    data_dir::DataDir,
    say::say,
    secrets,
    up::{browsable, open},
    wiring,
};

/// In the order they start; they stop in the opposite one, so that nothing calls what has gone.
const SERVICES: [&str; 5] = ["auth-svc", "room-svc", "sync-svc", "media-svc", "gateway"];

/// How long everything may take to come up.
const START_TIMEOUT: Duration = Duration::from_mins(1);

pub(crate) async fn run(file: Option<&Path>, flags: Value, arguments: &UpArguments) -> anyhow::Result<()> {
    let data_dir = DataDir::open(arguments.data_dir.as_deref())?;
    let secrets = secrets::file(&data_dir)?;
    let files: Vec<&Path> = std::iter::once(secrets.as_path()).chain(file).collect();
    let settings = Settings::load(&files, &flags)?;
    let shutdown = Shutdown::default();
    shutdown.begin_on_signals()?;

    // What can be refused at once is refused before anything slow begins.
    let mut ports = FreePorts::new();
    let front = ports.take(settings.section("gateway.listen")?)?;
    say(format_args!("starting the database in {data_dir}"));
    let bin_dir: PathBuf = settings.section("up.postgres_bin_dir")?;
    let cluster = Cluster::start(&data_dir.join("postgres"), &bin_dir, Durability::Full).await?;
    let database = cluster.database("syncwatch").await?;
    let redis_port = ports.take(local(0))?.port();
    let overrides = overrides(&mut ports, (front, redis_port), &database, &data_dir)?;
    let merged = data_dir.join("split.toml");
    secrets::write_private(&merged, &toml::to_string(&merge(&files, &flags, overrides)?)?)?;
    wiring::migrate(&Settings::load(&[&merged], json!({}))?).await?;

    say("starting Redis and the services");
    let mut children = Children::default();
    ports.release(redis_port);
    children.start(
        Path::new("redis-server"),
        &[
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--loglevel",
            "warning",
            "--port",
            &redis_port.to_string(),
        ],
    )?;
    wait_until(|| TcpStream::connect(("127.0.0.1", redis_port)))
        .await
        .context("redis-server did not come up; is it installed?")?;
    drop(ports);
    let folder = std::env::current_exe()?.parent().map(Path::to_owned).unwrap_or_default();
    for service in SERVICES {
        children.start(&folder.join(service), &["--config", &merged.to_string_lossy()])?;
    }
    tokio::select! {
        ready = wait_until(|| is_ready(front)) => ready.context("the services did not become ready")?,
        failure = children.first_to_end() => return Err(failure),
        () = shutdown.soft() => {}
    }
    if !shutdown.has_begun() {
        let url = format!("http://{}", browsable(front));
        say(format_args!("SyncWatch is ready: {url}"));
        if arguments.open {
            open(&url);
        }
    }
    let failure = tokio::select! {
        failure = children.first_to_end() => Some(failure),
        () = shutdown.soft() => None,
    };
    say("stopping");
    children.stop().await;
    drop(cluster);
    say("stopped");
    failure.map_or(Ok(()), Err)
}

/// The settings that put every process on a free port of this machine.
fn overrides(
    ports: &mut FreePorts,
    (front, redis_port): (SocketAddr, u16),
    database: &str,
    data_dir: &DataDir,
) -> anyhow::Result<Value> {
    let mut settings = json!({
        "gateway": {"listen": front.to_string(), "admin_listen": ports.take(local(0))?.to_string()},
        "postgres": {"url": database},
        "redis": {"url": format!("redis://127.0.0.1:{redis_port}")},
        "services": {},
    });
    for section in ["auth", "room", "sync", "media"] {
        let grpc = ports.take(local(0))?;
        settings[section] =
            json!({"grpc_listen": grpc.to_string(), "admin_listen": ports.take(local(0))?.to_string()});
        settings["services"][section] = format!("http://{grpc}").into();
    }
    let media_http = ports.take(local(0))?;
    settings["media"]["http_listen"] = media_http.to_string().into();
    settings["media"]["blob_dir"] = data_dir.join("blobs").to_string_lossy().into();
    settings["services"]["media_http"] = format!("http://{media_http}").into();
    Ok(settings)
}

/// What the files and the flags set, with `overrides` on top, as one table.
fn merge(files: &[&Path], flags: &Value, overrides: Value) -> anyhow::Result<toml::Table> {
    let mut merged = toml::Table::new();
    let mut layers = Vec::new();
    for file in files {
        layers.push(toml::from_str(&std::fs::read_to_string(file)?)?);
    }
    layers.push(toml::Table::try_from(flags)?);
    layers.push(toml::Table::try_from(overrides)?);
    for layer in layers {
        for (name, section) in layer {
            let toml::Value::Table(section) = section else {
                bail!("`{name}` is outside every section of the settings")
            };
            let merged = merged.entry(name).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            merged.as_table_mut().context("a section of the settings is not a table")?.extend(section);
        }
    }
    Ok(merged)
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Ports that systems do not give to outgoing connections: one of those could be taken again before its process listens.
const FREE_PORTS: std::ops::Range<u16> = 10_000..32_000;

/// Free ports, each given once. They are kept until their processes start: while a database is made, another program
/// would find them free too, and a second `up --split` looks where this one does.
struct FreePorts {
    last: u16,
    kept: Vec<TcpListener>,
}

impl FreePorts {
    fn new() -> Self {
        Self { last: rand::thread_rng().gen_range(FREE_PORTS), kept: Vec::new() }
    }

    /// The address itself, or a free port of it when its port is 0. Also refuses a port that is taken, before anything
    /// runs.
    fn take(&mut self, address: SocketAddr) -> anyhow::Result<SocketAddr> {
        if address.port() != 0 {
            let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}; if another program has the port, end it or choose another with --listen"))?;
            self.kept.push(listener);
            return Ok(address);
        }
        for _ in FREE_PORTS {
            self.last = if self.last + 1 < FREE_PORTS.end { self.last + 1 } else { FREE_PORTS.start };
            let candidate = SocketAddr::new(address.ip(), self.last);
            if let Ok(listener) = TcpListener::bind(candidate) {
                self.kept.push(listener);
                return Ok(candidate);
            }
        }
        bail!("cannot find a free port of {}", address.ip())
    }

    /// Gives a port to the process that starts now.
    fn release(&mut self, port: u16) {
        self.kept.retain(|listener| !listener.local_addr().is_ok_and(|address| address.port() == port));
    }
}

async fn wait_until<F, Fut, T, E>(mut attempt: F) -> anyhow::Result<()>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let attempts = async {
        while attempt().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(START_TIMEOUT, attempts).await.context("it took too long")
}

async fn is_ready(front: SocketAddr) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(local(front.port())).await?;
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    anyhow::ensure!(&status == b"HTTP/1.1 200", "not ready");
    Ok(())
}

/// The processes that were started, in that order.
#[derive(Default)]
struct Children(Vec<(PathBuf, Child)>);

impl Children {
    fn start(&mut self, program: &Path, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(program);
        // Ctrl-C in the terminal is for us; we stop them in order.
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        let child = command
            .spawn()
            .with_context(|| format!("cannot run {}; is it built or installed?", program.display()))?;
        self.0.push((program.to_owned(), child));
        Ok(())
    }

    async fn first_to_end(&mut self) -> anyhow::Error {
        let ends = self.0.iter_mut().map(|(program, child)| {
            Box::pin(async move {
                let status = child.wait().await;
                anyhow::anyhow!("{} ended by itself: {status:?}", program.display())
            })
        });
        futures::future::select_all(ends).await.0
    }

    async fn stop(&mut self) {
        while let Some((_, mut child)) = self.0.pop() {
            if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
                let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
            }
            if tokio::time::timeout(Duration::from_secs(12), child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_systems_that_start_at_the_same_time_get_different_ports() {
        let mut one = FreePorts::new();
        let mut other = FreePorts { last: one.last, kept: Vec::new() };
        let take = |ports: &mut FreePorts| ports.take(local(0)).unwrap();
        let (first, second) = (take(&mut one), take(&mut other));
        assert_ne!(first, second);
        assert!(other.take(first).is_err(), "it is kept");
        one.release(first.port());
        assert!(TcpListener::bind(first).is_ok(), "for its process");
    }
}
