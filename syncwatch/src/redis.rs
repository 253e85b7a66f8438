//! The private Redis of `up --split`: no port, only a socket in a folder that nobody else can enter.

use std::{
    fs::File,
    os::fd::AsRawFd as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use url::Url;

const SOCKET: &str = "redis.sock";

/// The longest path of a Unix socket.
const MAX_SOCKET: usize = 107;

/// Where it runs.
pub(crate) struct Redis {
    folder: PathBuf,
    open: File,
}

impl Redis {
    /// For `redis-server`, run in its folder.
    pub(crate) const ARGUMENTS: [&str; 12] = [
        "--port",
        "0",
        "--unixsocket",
        SOCKET,
        "--unixsocketperm",
        "700",
        "--save",
        "",
        "--appendonly",
        "no",
        "--loglevel",
        "warning",
    ];

    pub(crate) fn at(folder: PathBuf) -> anyhow::Result<Self> {
        let open = File::open(&folder).with_context(|| format!("cannot open {}", folder.display()))?;
        Ok(Self { folder, open })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The socket, as a path that fits into the address of a socket: for this process and its children.
    pub(crate) fn socket(&self) -> PathBuf {
        let socket = self.folder.join(SOCKET);
        if socket.as_os_str().len() <= MAX_SOCKET {
            return socket;
        }
        format!("/proc/{}/fd/{}/{SOCKET}", std::process::id(), self.open.as_raw_fd()).into()
    }

    /// As services are told.
    pub(crate) fn url(&self) -> anyhow::Result<String> {
        let url = Url::from_file_path(self.socket()).ok().context("the socket of Redis has no path")?;
        Ok(url.as_str().replacen("file:", "redis+unix:", 1))
    }
}
