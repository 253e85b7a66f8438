//! Section `[media]` of the settings.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use runtime::Secret;
use serde::Deserialize;
use url::Url;

use crate::app::Oembed;

/// Settings of the service; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it serves gRPC as a process of its own.
    pub grpc_listen: SocketAddr,
    /// Where it serves health and metrics as a process of its own.
    pub admin_listen: SocketAddr,
    /// Where it serves media bytes as a process of its own.
    pub http_listen: SocketAddr,
    /// Networks that are not public and that links may lead into all the same, such as `192.168.1.0/24`.
    pub allow_private_networks: Vec<String>,
    /// How long the host of a link may take to show what is there.
    pub source_timeout_ms: u64,
    /// Whether YouTube, Vimeo and Dailymotion are asked for the titles and pictures of their videos.
    pub oembed: bool,
    /// What answers in their place; empty: nothing does.
    pub oembed_base_url: String,
    /// How long a link of the data plane is good.
    pub link_minutes: u32,
    /// Signs the links of the data plane: base64 of at least 32 bytes.
    pub link_secret: Secret,
    /// The folder of the object store.
    pub blob_dir: PathBuf,
}

impl Config {
    /// How long the host of a link may take.
    pub(crate) fn source_timeout(&self) -> anyhow::Result<Duration> {
        anyhow::ensure!(
            (1..=9000).contains(&self.source_timeout_ms),
            "media.source_timeout_ms is {}; it must be 1 to 9000, since a call may take 10 seconds",
            self.source_timeout_ms
        );
        Ok(Duration::from_millis(self.source_timeout_ms))
    }

    /// How services are asked for titles, if they are.
    pub(crate) fn oembed(&self) -> anyhow::Result<Option<Oembed>> {
        let base = match self.oembed_base_url.as_str() {
            "" => None,
            text => {
                let base = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
                anyhow::ensure!(
                    base.is_some(),
                    "media.oembed_base_url is `{text}`; it must be an http or https address, or empty"
                );
                base
            }
        };
        Ok(self.oembed.then_some(Oembed { base }))
    }

    /// How long a link of the data plane is good.
    pub(crate) fn link_lifetime(&self) -> anyhow::Result<Duration> {
        anyhow::ensure!(
            (1..=10_080).contains(&self.link_minutes),
            "media.link_minutes is {}; it must be 1 to 10080, which is a week",
            self.link_minutes
        );
        Ok(Duration::from_secs(u64::from(self.link_minutes) * 60))
    }
}
