//! `syncwatch up --split`: each service as a process of its own, with a PostgreSQL and a Redis, as in a cluster but on one
//! machine. For trying out a cluster, and for the tests that must pass in both shapes.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use runtime::{Listen, Process, Settings};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
};

use crate::{
    commands::UpArguments,
    data_dir::DataDir,
    database,
    ports::FreePorts,
    redis::Redis,
    say::say,
    secrets,
    supervisor::Supervisor,
    welcome::{self, Places},
    wiring,
};

/// In the order in which they start. They stop in reverse order, so that none calls one that has stopped.
const SERVICES: [&str; 7] =
    ["auth-svc", "room-svc", "sync-svc", "media-svc", "transcode-worker", "voice-svc", "gateway"];

/// Time limit for the start of everything.
const START_TIMEOUT: Duration = Duration::from_mins(1);

pub(crate) async fn run(file: Option<&Path>, flags: Value, arguments: &UpArguments) -> anyhow::Result<()> {
    let data_dir = DataDir::open(arguments.data_dir.as_deref())?;
    let secrets = secrets::file(&data_dir)?;
    let files: Vec<&Path> = std::iter::once(secrets.as_path()).chain(file).collect();
    let settings = wiring::load(&files, &flags, false)?;
    let mut process = Process::start("syncwatch", settings.clone())?;

    // Taken ports are reported before anything slow begins.
    let mut ports = FreePorts::new();
    let front = ports.take(&settings.section::<Listen>("gateway.listen")?, "--listen")?;
    let cluster = database::start(&mut process, &data_dir).await?;
    let database = cluster.database("syncwatch").await?;
    let redis = Redis::at(data_dir.folder("redis")?)?;
    let overrides = overrides(&mut ports, &front, &database, &redis.url()?, &data_dir)?;
    let admin = overrides["gateway"]["admin_listen"].as_str().unwrap_or_default().to_owned();
    let merged = data_dir.join("split.toml");
    secrets::write_private(&merged, &toml::to_string(&merge(&files, &flags, overrides)?)?)?;
    wiring::migrate(&Settings::load(&[&merged], json!({}))?).await?;

    say("starting Redis and the services");
    let address = ports.address_of(&front)?;
    drop(ports);
    let mut programs = Supervisor::default();
    let started = tokio::select! {
        started = start_all(&mut programs, &redis, &merged, address) => started,
        () = process.shutdown.soft() => Ok(()),
    };
    if started.is_ok() && !process.shutdown.has_begun() {
        programs.keep(&mut process.tasks);
        welcome::tell(&Places { front: address, admin, grpc: None }, &data_dir, arguments.open)?;
        process.shutdown.soft().await;
    }
    say("stopping");
    programs.stop().await;
    process.shutdown.begin();
    process.finish().await;
    cluster.stop().await;
    say("stopped");
    started
}

/// Starts Redis and the services, and waits until the gateway is ready. Fails when one of the programs ends meanwhile.
async fn start_all(
    programs: &mut Supervisor,
    redis: &Redis,
    settings: &Path,
    front: SocketAddr,
) -> anyhow::Result<()> {
    programs.start("redis-server", Path::new("redis-server"), &Redis::ARGUMENTS, redis.folder())?;
    tokio::select! {
        up = wait_until(|| UnixStream::connect(redis.socket())) => up.context("redis-server did not come up")?,
        why = programs.first_to_end() => return Err(why.context("redis-server cannot run; is it installed?")),
    }
    let folder: PathBuf = std::env::current_exe()?.parent().map(Path::to_owned).unwrap_or_default();
    let settings = settings.to_string_lossy();
    for service in SERVICES {
        let program = folder.join(service);
        if !program.is_file() {
            bail!("there is no {}; is it built or installed?", program.display());
        }
        programs.start(service, &program, &["--config", &settings], Path::new("/"))?;
    }
    tokio::select! {
        ready = wait_until(|| is_ready(front)) => ready.context("the services did not become ready"),
        why = programs.first_to_end() => Err(why),
    }
}

/// The settings that put every process on a free port of this machine.
fn overrides(
    ports: &mut FreePorts,
    front: &Listen,
    database: &str,
    redis: &str,
    data_dir: &DataDir,
) -> anyhow::Result<Value> {
    let mut settings = json!({
        "gateway": {"listen": front.to_string(), "admin_listen": ports.local()?},
        "postgres": {"url": database, "host": "", "password": ""},
        "redis": {"url": redis, "host": "", "password": ""},
        "services": {},
        "store": {"folder": data_dir.folder("blobs")?},
    });
    for section in ["auth", "room", "sync", "media", "voice"] {
        let grpc = ports.local()?;
        settings[section] = json!({"grpc_listen": grpc, "admin_listen": ports.local()?});
        settings["services"][section] = format!("http://{grpc}").into();
    }
    settings["transcode"] = json!({"admin_listen": ports.local()?});
    let media_http = ports.local()?;
    settings["services"]["media_http"] = format!("http://{media_http}").into();
    settings["media"]["http_listen"] = media_http.into();
    Ok(settings)
}

/// Merges the files, the flags and `overrides` into one table.
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

async fn is_ready(mut front: SocketAddr) -> anyhow::Result<()> {
    if front.ip().is_unspecified() {
        front.set_ip(if front.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    let mut stream = TcpStream::connect(front).await?;
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    anyhow::ensure!(&status == b"HTTP/1.1 200", "not ready");
    Ok(())
}
