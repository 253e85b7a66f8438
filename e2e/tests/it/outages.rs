//! Killed processes under a running system, and a full disk.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use e2e::{Guest, Shape, System, await_ready, interrupt, up};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use reqwest::Method;
use serde_json::{Value, json};

/// A bound for a broken system, not a measure of a working one.
const PATIENCE: Duration = Duration::from_mins(1);

fn signal(pid: u32, signal: Signal) -> anyhow::Result<()> {
    Ok(kill(Pid::from_raw(i32::try_from(pid)?), signal)?)
}

/// Polls `look` until it finds something.
async fn until<T, Fut: Future<Output = anyhow::Result<Option<T>>>>(
    what: &str,
    mut look: impl FnMut() -> Fut,
) -> anyhow::Result<T> {
    let looking = async {
        loop {
            if let Some(seen) = look().await? {
                return Ok(seen);
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.with_context(|| format!("{what} did not come"))?
}

async fn readiness(url: &str) -> anyhow::Result<(u16, Value)> {
    let answer = e2e::http().build()?.get(format!("{url}/health/ready")).send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

async fn ready(url: &str) -> anyhow::Result<()> {
    until("readiness", || async { Ok((readiness(url).await?.0 == 200).then_some(())) }).await
}

/// Makes a room. Retries while connections are broken.
async fn room_can_be_made(guest: &Guest) -> anyhow::Result<()> {
    until("a room", || async {
        Ok(guest.call(Method::POST, "/api/rooms", json!({})).await?.0.is_success().then_some(()))
    })
    .await
}

/// The process that replaced `old`.
async fn successor(system: &System, name: &str, old: u32) -> anyhow::Result<u32> {
    until(name, || async { Ok(system.child(name)?.filter(|pid| *pid != old)) }).await
}

fn has_ended(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

// Cases A1 and O21.
#[tokio::test]
async fn a_killed_database_restarts_and_readiness_reports_the_outage() -> anyhow::Result<()> {
    let mut system = System::start(Shape::One)?;
    let url = system.url().to_owned();
    let mia = Guest::arrive(&url, "Mia").await?;
    room_can_be_made(&mia).await?;
    let first = system.child("postgres")?.context("no database")?;
    signal(first, Signal::SIGKILL)?;
    until("a database that is down", || async {
        // The delay before a restart grows, so at some point the readiness check finds the database down.
        if let Some(again) = system.child("postgres")? {
            signal(again, Signal::SIGKILL)?;
        }
        let (status, body) = readiness(&url).await?;
        Ok((status == 503 && body["dependencies"]["postgres"]["status"] == "down").then_some(()))
    })
    .await?;
    ready(&url).await?;
    let second = successor(&system, "postgres", first).await?;
    room_can_be_made(&mia).await?;
    assert!(!Path::new(&format!("/proc/{first}")).exists(), "no zombie is left");
    let log = fs::read_to_string(system.data_dir().join("postgres.log"))?;
    let starts = log.matches("database system is ready to accept connections").count();
    assert!(starts >= 2 && log.contains("not properly shut down"), "the log has both runs: {log}");

    signal(second, Signal::SIGKILL)?;
    assert!(system.stop()?.success(), "it stops as usual while the database is down");
    Ok(())
}

// Case A9.
#[tokio::test]
async fn a_killed_service_restarts() -> anyhow::Result<()> {
    let system = System::start(Shape::Split)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    for name in ["room-svc", "redis-server", "gateway"] {
        let old = system.child(name)?.with_context(|| format!("no {name}"))?;
        signal(old, Signal::SIGKILL)?;
        successor(&system, name, old).await?;
        until("an answer", || async { Ok(readiness(system.url()).await.ok().filter(|(s, _)| *s == 200)) })
            .await?;
        room_can_be_made(&mia).await.context(name)?;
    }
    Ok(())
}

// Case A10.
#[test]
fn the_private_redis_has_no_port_and_a_closed_folder() -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let system = System::start(Shape::Split)?;
    let settings = fs::read_to_string(system.data_dir().join("split.toml"))?;
    assert!(settings.contains("redis+unix:///"), "the services use the socket");
    assert!(fs::symlink_metadata(system.data_dir().join("redis/redis.sock")).is_ok());
    assert_eq!(fs::metadata(system.data_dir().join("redis"))?.permissions().mode() & 0o777, 0o700);
    let redis = system.child("redis-server")?.context("no Redis")?;
    // Redis writes its listening address into its command line.
    let title = fs::read_to_string(format!("/proc/{redis}/cmdline"))?;
    assert!(title.contains("unixsocket:redis.sock"), "{title}");
    Ok(())
}

// Case A9.
#[tokio::test]
async fn children_end_with_a_killed_parent() -> anyhow::Result<()> {
    for shape in [Shape::One, Shape::Split] {
        let mut system = System::start(shape)?;
        let mut children = system.children()?;
        // Programs that are only asked whether they are there.
        let is_lasting =
            |name: &str| name != "ffmpeg" && (shape == Shape::Split || !name.starts_with("transcode"));
        children.retain(|(_, name)| is_lasting(name));
        assert_eq!(children.len(), if shape == Shape::One { 1 } else { 9 }, "{children:?}");
        signal(system.pid(), Signal::SIGKILL)?;
        for (pid, name) in children {
            until(&format!("the end of {name}"), || async { Ok(has_ended(pid).then_some(())) }).await?;
        }
        system.kill_and_restart()?;
        Guest::arrive(system.url(), "Mia").await?.make_room().await?;
    }
    Ok(())
}

// Case O11: the database of a killed `up` keeps running for a while.
#[tokio::test]
async fn a_start_waits_for_the_database_of_the_run_before() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let (mut process, _) = await_ready(&mut up(dir.path(), "127.0.0.1:0")?)?;
    let lock = dir.path().join("postgres/data/postmaster.pid");
    let first: u32 = fs::read_to_string(&lock)?.lines().next().context("empty")?.parse()?;
    signal(first, Signal::SIGSTOP)?;
    process.kill()?;
    process.wait()?;

    let mut process = up(dir.path(), "127.0.0.1:0")?.stderr(Stdio::piped()).spawn()?;
    let mut said = BufReader::new(process.stderr.take().context("no output")?).lines();
    let told = said.by_ref().map_while(Result::ok).any(|line| line.contains("earlier run"));
    assert!(told, "it reports what it waits for");
    std::thread::spawn(move || said.for_each(drop));
    signal(first, Signal::SIGCONT)?;
    let out = BufReader::new(process.stdout.take().context("no output")?);
    assert!(out.lines().map_while(Result::ok).any(|line| line.contains("is ready")));
    assert!(has_ended(first), "two databases ran at once");
    interrupt(&process)?;
    assert!(process.wait()?.success());
    Ok(())
}

/// A small disk for a data folder, or a stand-in where this user may not mount one.
enum Disk {
    Small(PathBuf),
    Pretended(PathBuf),
}

impl Disk {
    fn mount(folder: &Path) -> Self {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=200m,mode=0700", "syncwatch-test"])
            .arg(folder)
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Self::Small(folder.to_owned());
        }
        eprintln!("no disk can be mounted here; the database pretends that its disk is full");
        Self::Pretended(folder.to_owned())
    }

    fn fill(&self) -> anyhow::Result<()> {
        match self {
            Self::Small(folder) => {
                let mut filler = fs::File::create(folder.join("filler"))?;
                // Ends when the disk is full.
                while filler.write_all(&[1; 4096]).is_ok() {}
                Ok(())
            }
            Self::Pretended(folder) => psql(
                folder,
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN RAISE EXCEPTION USING ERRCODE = 53100; END'; \
                 CREATE TRIGGER full_disk BEFORE INSERT ON room.messages EXECUTE FUNCTION full_disk()",
            ),
        }
    }

    fn free(&self) -> anyhow::Result<()> {
        match self {
            Self::Small(folder) => Ok(fs::remove_file(folder.join("filler"))?),
            Self::Pretended(folder) => psql(folder, "DROP FUNCTION full_disk CASCADE"),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Small(folder) = self {
            let _ = Command::new("umount").arg("--lazy").arg(folder).status();
        }
    }
}

fn psql(data_dir: &Path, statement: &str) -> anyhow::Result<()> {
    let done = Command::new("psql")
        .arg("--host")
        .arg(data_dir.join("postgres/run"))
        .args(["--username", "postgres", "--quiet", "--command", statement, "syncwatch"])
        .status()?;
    anyhow::ensure!(done.success(), "psql failed");
    Ok(())
}

// Case A3.
#[tokio::test]
async fn a_full_disk_gets_a_clear_error_and_recovers_once_there_is_space() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let disk = Disk::mount(dir.path());
    let (mut process, url) =
        await_ready(up(dir.path(), "127.0.0.1:0")?.env("SYNCWATCH_STORAGE__READY_ABOVE_MIB", "16"))?;
    let mia = Guest::arrive(&url, "Mia").await?;
    let room = mia.make_room().await?;
    let chat = format!("/api/rooms/{room}/chat");
    let n = std::sync::atomic::AtomicU32::new(0);
    let say = || async {
        let n = n.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        mia.call(Method::POST, &chat, json!({"text": "x".repeat(1000), "clientMessageId": format!("m{n}")}))
            .await
    };
    disk.fill()?;
    let (status, body) = until("a refusal", || async {
        Ok(Some(say().await?).filter(|(status, _)| !status.is_success() && status.as_u16() != 429))
    })
    .await?;
    assert_eq!(
        (status.as_u16(), &body["error"]["details"][0]["reason"]),
        (507, &json!("STORAGE_FULL")),
        "{body}"
    );
    if matches!(disk, Disk::Small(_)) {
        let (status, body) = readiness(&url).await?;
        assert_eq!((status, &body["dependencies"]["storage"]["status"]), (503, &json!("down")));
    }
    disk.free()?;
    until("a message", || async { Ok(say().await?.0.is_success().then_some(())) }).await?;
    ready(&url).await?;
    interrupt(&process)?;
    assert!(process.wait()?.success());
    Ok(())
}
