//! npm's `@tus/server` with its store of files, the reference implementation of the protocol. Its packages are installed into a
//! folder of their own below `.cache`.

use std::{fs, path::Path, process::Stdio};

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::cache;

const PACKAGES: [&str; 2] = ["@tus/server@2.4.5", "@tus/file-store@2.1.1"];
const SCRIPT: &str = include_str!("tus_server.mjs");

/// The server as a process of its own, which ends when this is dropped.
pub(super) struct TusServer {
    _process: Child,
    /// URL at which uploads begin.
    pub(super) endpoint: String,
}

impl TusServer {
    /// Starts it over a folder.
    pub(super) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let packages = cache("bench-tus")?;
        if !packages.join("node_modules/@tus/file-store").is_dir() {
            let install = Command::new("npm")
                .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
                .arg(&packages)
                .args(PACKAGES)
                .stdout(Stdio::null())
                .status()
                .await;
            ensure!(install.context("npm is needed")?.success(), "npm cannot install {PACKAGES:?}");
        }
        let script = packages.join("server.mjs");
        fs::write(&script, SCRIPT)?;
        fs::create_dir_all(folder)?;
        let mut process =
            Command::new("node").arg(script).arg(folder).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = process.stdout.take().context("@tus/server has no output")?;
        let mut endpoint = String::new();
        BufReader::new(output).read_line(&mut endpoint).await?;
        ensure!(endpoint.starts_with("http"), "@tus/server does not start");
        Ok(Self { _process: process, endpoint: endpoint.trim().to_owned() })
    }
}
