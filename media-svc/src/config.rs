//! Section `[media]` of the settings.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use runtime::{Check, Secret, Section};
use serde::Deserialize;
use url::Url;

use crate::{
    app::Oembed,
    domain::{Reach, Signer},
};

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

impl Section for Config {
    const NAME: &'static str = "media";

    fn validate(&self, check: &mut Check) {
        // A call may take 10 seconds in all.
        check.range("source_timeout_ms", &self.source_timeout_ms, &(1..=9000));
        // A week at most.
        check.range("link_minutes", &self.link_minutes, &(1..=10_080));
        for (index, network) in self.allow_private_networks.iter().enumerate() {
            if Reach::new(std::slice::from_ref(network)).is_err() {
                check.fault(
                    &format!("allow_private_networks[{index}]"),
                    "is not a network such as \"192.168.1.0/24\", nor an address",
                );
            }
        }
        if !self.link_secret.is_empty() {
            check.outcome("link_secret", Signer::new(&self.link_secret));
        }
        if !self.oembed_base_url.is_empty() {
            check.url("oembed_base_url", &self.oembed_base_url, &["http", "https"]);
        }
        check.secret("link_secret", &self.link_secret, "make one with `openssl rand -base64 32`");
        if self.blob_dir.as_os_str().is_empty() {
            check.fault("blob_dir", "is empty; name a folder");
        }
        let listeners = [self.grpc_listen, self.admin_listen, self.http_listen];
        let names = ["grpc_listen", "admin_listen", "http_listen"];
        for (index, address) in listeners.iter().enumerate().filter(|(_, address)| address.port() != 0) {
            if let Some(earlier) = listeners.iter().take(index).position(|earlier| earlier == address) {
                check.fault(names[index], format!("is the same address as {}", names[earlier]));
            }
        }
    }
}

impl Config {
    /// How long the host of a link may take.
    pub(crate) fn source_timeout(&self) -> Duration {
        Duration::from_millis(self.source_timeout_ms)
    }

    /// How services are asked for titles, if they are.
    pub(crate) fn oembed(&self) -> Option<Oembed> {
        self.oembed.then(|| Oembed { base: Url::parse(&self.oembed_base_url).ok() })
    }

    /// Lifetime of a link of the data plane.
    pub(crate) fn link_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.link_minutes) * 60)
    }
}
