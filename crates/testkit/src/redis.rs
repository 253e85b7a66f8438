//! Redis for a test.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use anyhow::Context as _;

/// A private, empty server without persistence. Stops when it is dropped.
pub struct Redis {
    port: u16,
    server: Child,
}

impl Redis {
    /// Starts it on a free port.
    pub async fn start() -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run redis-server; is it installed?")?;
        let mut redis = Self { port, server };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            anyhow::ensure!(redis.server.try_wait()?.is_none(), "redis-server ended at once");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        Ok(redis)
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
