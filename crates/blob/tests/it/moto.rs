//! The S3 of moto, a server in Python that shares no code with ours: it is what the store is held against.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::Context as _;
use blob::Config;

/// A server in memory with one empty bucket. Stops when it is dropped.
pub(crate) struct Moto {
    endpoint: String,
    http: reqwest::Client,
    server: Child,
}

impl Moto {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (endpoint, server) = tokio::task::spawn_blocking(spawn).await??;
        let moto = Self { endpoint, http: reqwest::Client::new(), server };
        let bucket = moto.http.put(format!("{}/media", moto.endpoint)).send().await?;
        bucket.error_for_status()?;
        Ok(moto)
    }

    pub(crate) fn config(&self) -> Config {
        crate::at(&self.endpoint, "anybody", "anything")
    }

    /// Begins a multipart upload that nobody ends.
    pub(crate) async fn leave_an_upload(&self, key: &str) -> anyhow::Result<()> {
        let began = self.http.post(format!("{}/media/{key}?uploads", self.endpoint)).send().await?;
        began.error_for_status()?;
        Ok(())
    }
}

fn spawn() -> anyhow::Result<(String, Child)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/s3-server.sh");
    let mut server = Command::new(&script)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", script.display()))?;
    let mut lines = BufReader::new(server.stderr.take().context("no standard error")?).lines();
    let mut said = Vec::new();
    for line in lines.by_ref().map_while(Result::ok) {
        if let Some((_, address)) = line.split_once("Running on ") {
            let endpoint = address.trim().to_owned();
            // Keeps reading, so that a full pipe never blocks the server.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok((endpoint, server));
        }
        said.push(line);
    }
    anyhow::bail!("the server ended before it was ready:\n{}", said.join("\n"))
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
