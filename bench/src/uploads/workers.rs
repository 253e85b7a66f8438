//! Two workers on one film beside one, each with a core of its own. With two cores the server shares them with the workers.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use e2e::{Guest, System};
use serde_json::Value;

use super::{
    NO_COPIES, NO_WORKER,
    films::{Codec, Film},
    port_of,
    prepared::Sent,
    system,
};
use crate::{
    report::{Goal, Report, say},
    stats::median,
};

/// A worker looks for its programs within this time.
const START: Duration = Duration::from_secs(30);

pub(super) async fn measure(report: &mut Report, short: bool) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    ensure!(cores >= 2, "two workers need two cores");
    if cores == 2 {
        say("this machine has two cores, so the server and PostgreSQL share those of the workers");
    }
    let (seconds, rounds) = if short { (130, 1) } else { (600, 3) };
    let film = Film { codec: Codec::H264, height: 480, seconds, is_index_last: false }.bytes()?;
    let system = system(&[NO_COPIES, NO_WORKER])?;
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        one.push(prepare(&system, &film, 1).await?);
        two.push(prepare(&system, &film, 2).await?);
    }
    let ratio = median(one.iter().zip(&two).map(|(one, two)| one / two).collect());
    report.figure(&format!("a film of {seconds} s in 480p, one worker"), "s", median(one));
    report.figure("the same, two workers", "s", median(two));
    report.goal("two workers on one film beside one", "times", ratio, Goal::AtLeast(1.8));
    Ok(())
}

/// Seconds in which so many workers prepare a film.
async fn prepare(system: &System, film: &Bytes, workers: usize) -> anyhow::Result<f64> {
    let mut running = Vec::new();
    for core in 0..workers {
        running.push(Worker::start(system, core).await?);
    }
    let owner = Guest::arrive(system.url(), "Bench").await?;
    let sent = Sent::new(&owner, film).await?;
    let began = Instant::now();
    let took = sent.ready().await? - began;
    sent.delete().await?;
    Ok(took.as_secs_f64())
}

/// transcode-worker as a process of its own, on one core.
struct Worker(Child);

impl Worker {
    async fn start(system: &System, core: usize) -> anyhow::Result<Self> {
        let admin = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string()]).arg(e2e::program("transcode-worker")?);
        command
            .env("SYNCWATCH_CONFIG", system.data_dir().join("secrets.toml"))
            .env("SYNCWATCH_SERVICES__MEDIA", format!("http://{}", port_of(system, "grpc")?))
            .env("SYNCWATCH_STORE__FOLDER", system.data_dir().join("blobs"))
            .env("SYNCWATCH_TRANSCODE__ADMIN_LISTEN", admin.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut worker = Self(command.spawn().context("taskset of util-linux is needed")?);
        let (http, started) = (e2e::http().build()?, Instant::now());
        loop {
            let answer = http.get(format!("http://{admin}/health/transcoder")).send().await;
            if let Ok(answer) = answer
                && serde_json::from_slice::<Value>(&answer.bytes().await?)?["ffmpegAvailable"] == true
            {
                return Ok(worker);
            }
            ensure!(worker.0.try_wait()?.is_none(), "transcode-worker ends at once");
            ensure!(started.elapsed() < START, "transcode-worker does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = e2e::interrupt(&self.0);
        let _ = self.0.wait();
    }
}
