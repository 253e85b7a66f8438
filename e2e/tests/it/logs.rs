//! The reader of a process log may hang, be slow or be gone.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use anyhow::Context as _;
use e2e::{Guest, interrupt, program};
use reqwest::Method;
use serde_json::Value;

// Cases A19, O17.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unread_log_delays_no_request() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let admin = format!("127.0.0.1:{}", testkit::free_port()?);
    let mut process = Command::new(program("syncwatch")?)
        .args(["up", "--listen", "127.0.0.1:0", "--log-level", "trace", "--data-dir"])
        .arg(dir.path())
        .env("SYNCWATCH_UP__GRPC_LISTEN", "127.0.0.1:0")
        .env("SYNCWATCH_GATEWAY__ADMIN_LISTEN", &admin)
        .env("SYNCWATCH_LIMITS__CALLS", "unlimited")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (said, log) = (process.stdout.take().context("no output")?, process.stderr.take().context("no log")?);
    let mut said = BufReader::new(said).lines();
    let url = said
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("SyncWatch is ready: ").map(str::to_owned));
    let url = url.context("it did not start")?;
    let mia = Guest::arrive(&url, "Mia").await?;
    let room = mia.make_room().await?;
    let calls = |count: usize| {
        let (mia, room) = (mia.clone(), room.clone());
        async move {
            for _ in 0..count {
                mia.ok(Method::GET, &format!("/api/rooms/{room}"), Value::Null).await?;
            }
            anyhow::Ok(())
        }
    };
    calls(1000).await?;
    let metrics = reqwest::get(format!("http://{admin}/metrics")).await?.text().await?;
    let dropped = metrics.lines().find_map(|line| line.strip_prefix("syncwatch_log_lines_dropped_total "));
    let dropped: u64 = dropped.context("no such metric")?.parse()?;

    // The reader resumes: the log reports the lines that are missing.
    let mut lines = BufReader::new(log).lines().map_while(Result::ok);
    if dropped > 0 {
        lines
            .by_ref()
            .find(|line| line.contains("log lines were dropped"))
            .context("the log does not report its gap")?;
    }
    // The reader is gone for good.
    drop(lines);
    calls(100).await?;
    interrupt(&process)?;
    assert!(process.wait()?.success());
    Ok(())
}
