//! The least that a server can do with a file: it puts the body of a request into the store, as one object, and answers when the
//! object is durable.

use std::{io::Write as _, path::Path, process::Stdio, sync::Arc};

use anyhow::Context as _;
use axum::{Router, body::Body, extract::State, routing::put};
use blob::{Blobs, FsStore, Key};
use futures::{StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

/// Runs the server over a folder.
pub(crate) async fn serve(folder: &Path) -> anyhow::Result<()> {
    let blobs: Blobs = Arc::new(FsStore::open(folder).await?);
    let router = Router::new().route("/", put(store)).with_state(blobs);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout().lock(), "{}", listener.local_addr()?)?;
    Ok(axum::serve(listener, router).await?)
}

async fn store(State(blobs): State<Blobs>, body: Body) -> StatusCode {
    let Ok(key) = "put/file".parse::<Key>() else { return StatusCode::INTERNAL_SERVER_ERROR };
    let body = body.into_data_stream().map_err(std::io::Error::other).boxed();
    blobs.put(&key, body).await.map_or(StatusCode::INTERNAL_SERVER_ERROR, |_| StatusCode::NO_CONTENT)
}

/// The server in a process of its own, which ends when this is dropped.
pub(super) struct Puts {
    _process: Child,
    pub(super) url: String,
}

impl Puts {
    pub(super) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--put-server")
            .arg(folder)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut address = String::new();
        let output = process.stdout.take().context("the server of PUT has no output")?;
        BufReader::new(output).read_line(&mut address).await?;
        Ok(Self { _process: process, url: format!("http://{}/", address.trim()) })
    }
}
