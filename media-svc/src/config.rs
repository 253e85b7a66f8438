//! Section `[media]` of the settings.

use std::{net::SocketAddr, time::Duration};

use edge::Signer;
use fetch::Reach;
use runtime::{Check, Secret, Section};
use serde::Deserialize;
use url::Url;

use crate::app::Oembed;

/// Settings of the service; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the gRPC listener of a separate process.
    pub grpc_listen: SocketAddr,
    /// Address of health and metrics of a separate process.
    pub admin_listen: SocketAddr,
    /// Address of the data plane of a separate process.
    pub http_listen: SocketAddr,
    /// Private networks that links may point to, such as `192.168.1.0/24`.
    pub allow_private_networks: Vec<String>,
    /// Deadline in milliseconds for all requests that check one link.
    pub source_timeout_ms: u64,
    /// Asks YouTube, Vimeo and Dailymotion for the titles and pictures of their videos.
    pub oembed: bool,
    /// Base URL of a server that answers in their place. Empty: none.
    pub oembed_base_url: String,
    /// Lifetime of a signed URL in minutes.
    pub link_minutes: u32,
    /// Key that signs the URLs of the data plane: base64 of at least 32 bytes.
    pub link_secret: Secret,
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
        check.listeners(&[
            ("grpc_listen", self.grpc_listen),
            ("admin_listen", self.admin_listen),
            ("http_listen", self.http_listen),
        ]);
    }
}

impl Config {
    /// Deadline for checking one link.
    pub(crate) fn source_timeout(&self) -> Duration {
        Duration::from_millis(self.source_timeout_ms)
    }

    /// How services are asked for titles; `None`: they are not.
    pub(crate) fn oembed(&self) -> Option<Oembed> {
        self.oembed.then(|| Oembed { base: Url::parse(&self.oembed_base_url).ok() })
    }

    /// Lifetime of a signed URL.
    pub(crate) fn link_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.link_minutes) * 60)
    }
}
