//! Time until the second start is ready, and the memory of the process then.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;

use crate::report::Report;

/// Wait before memory is read, so that the start has finished its work.
const SETTLE: Duration = Duration::from_secs(3);

pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let (dir, http) = (tempfile::tempdir()?, e2e::http().build()?);
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    for round in 0..4 {
        let started = Instant::now();
        let listen = format!("127.0.0.1:{port}");
        let mut process = Stopped(e2e::up(dir.path(), &listen)?.stdout(Stdio::null()).spawn()?);
        let url = format!("http://127.0.0.1:{port}/health/ready");
        while !http.get(&url).send().await.is_ok_and(|reply| reply.status().is_success()) {
            anyhow::ensure!(
                started.elapsed() < Duration::from_mins(1) && process.0.try_wait()?.is_none(),
                "it did not start"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let ready = started.elapsed();
        tokio::time::sleep(SETTLE).await;
        // The first start creates the database.
        if round > 0 {
            report.start(ready.as_secs_f64(), resident_mb(process.0.id())?);
        }
    }
    Ok(())
}

/// Resident memory of a process, in MiB.
pub(crate) fn resident_mb(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = e2e::interrupt(&self.0);
        let _ = self.0.wait();
    }
}
