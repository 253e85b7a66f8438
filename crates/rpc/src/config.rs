//! Sections `[rpc]` and `[services]` of the settings.

use runtime::{Check, Secret, Section};
use serde::Deserialize;

use crate::ServiceToken;

/// Settings by which the services of one installation trust each other.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Secret shared by all services.
    pub token: Secret,
}

impl Config {
    /// The secret as calls carry it. Fails when it is empty.
    pub fn service_token(&self) -> anyhow::Result<ServiceToken> {
        ServiceToken::new(self.token.expose())
    }
}

impl Section for Config {
    const NAME: &'static str = "rpc";

    fn validate(&self, check: &mut Check) {
        if !self.token.is_empty() {
            check.outcome("token", self.service_token());
        }
        check.secret("token", &self.token, "make one with `openssl rand -base64 32`");
    }
}

/// Addresses of the services where each is a process of its own.
#[derive(Debug, Clone, Deserialize)]
pub struct ServiceAddresses {
    /// auth-svc.
    pub auth: String,
    /// room-svc.
    pub room: String,
    /// sync-svc.
    pub sync: String,
    /// media-svc.
    pub media: String,
    /// voice-svc.
    pub voice: String,
    /// media-svc's HTTP listener.
    pub media_http: String,
    /// media-edge's HTTP listener; empty: media-svc serves films itself.
    pub media_edge: String,
    /// How many processes run the service that reads this; 0: not said.
    pub replicas: u32,
}

impl Section for ServiceAddresses {
    const NAME: &'static str = "services";

    fn validate(&self, check: &mut Check) {
        let all = [
            ("auth", &self.auth),
            ("room", &self.room),
            ("sync", &self.sync),
            ("media", &self.media),
            ("voice", &self.voice),
        ];
        for (key, url) in all {
            check.url(key, url, &["http", "https"]);
        }
        check.url("media_http", &self.media_http, &["http"]);
        if !self.media_edge.is_empty() {
            check.url("media_edge", &self.media_edge, &["http"]);
        }
        check.range("replicas", &self.replicas, &(0..=10_000));
    }
}
