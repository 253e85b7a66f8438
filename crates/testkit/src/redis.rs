//! Redis for a test.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::Context as _;

use crate::free_port;

/// Attempts to find a port that no other program takes before the server does.
const ATTEMPTS: usize = 5;

/// A private, empty server without persistence. Stops when it is dropped.
pub struct Redis {
    port: u16,
    server: Child,
}

impl Redis {
    /// Starts it on a free port.
    pub async fn start() -> anyhow::Result<Self> {
        for _ in 0..ATTEMPTS {
            let started = tokio::task::spawn_blocking(Self::start_once).await??;
            if let Some(redis) = started {
                return Ok(redis);
            }
        }
        anyhow::bail!("redis-server ended {ATTEMPTS} times before it was ready")
    }

    /// Waits until the server reports that it is ready. None when it ends before that: tests that run beside this one may
    /// have taken its port in the meantime.
    fn start_once() -> anyhow::Result<Option<Self>> {
        let port = free_port()?;
        let server = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run redis-server; is it installed?")?;
        let mut redis = Self { port, server };
        let mut lines = BufReader::new(redis.server.stdout.take().context("no standard output")?).lines();
        let is_ready =
            lines.by_ref().map_while(Result::ok).any(|line| line.contains("Ready to accept connections"));
        // Keeps reading, so that a full pipe never blocks the server.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(is_ready.then_some(redis))
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
