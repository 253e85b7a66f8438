//! Section `[auth]` of the settings. `config.default.toml` holds the defaults and their meaning.

use std::net::SocketAddr;

use chrono::TimeDelta;
use runtime::{Check, Secret, Section};
use serde::Deserialize;

use crate::domain::{KeyRing, opaque_server};

/// Settings of the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the gRPC listener of the process.
    pub grpc_listen: SocketAddr,
    /// Address of the listener for health and metrics.
    pub admin_listen: SocketAddr,
    /// Lifetime of access tokens.
    pub access_token_minutes: u32,
    /// Lifetime of refresh tokens; each refresh starts it anew.
    pub refresh_token_days: u32,
    /// The OPAQUE server setup, base64.
    pub opaque_setup: Secret,
    /// Ed25519 seeds of 32 bytes, base64, newest first. The first signs, all verify.
    pub signing_keys: Vec<Secret>,
}

/// Lifetimes of tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetimes {
    pub(crate) access: TimeDelta,
    pub(crate) refresh: TimeDelta,
}

impl Section for Config {
    const NAME: &'static str = "auth";

    fn validate(&self, check: &mut Check) {
        check.range("access_token_minutes", &self.access_token_minutes, &(1..=24 * 60));
        check.range("refresh_token_days", &self.refresh_token_days, &(1..=365));
        if !self.opaque_setup.is_empty() {
            check.outcome("opaque_setup", opaque_server(&self.opaque_setup));
        }
        for (index, key) in self.signing_keys.iter().enumerate() {
            let name = format!("signing_keys[{index}]");
            check.outcome(&name, KeyRing::parse(index, key));
            check.secret(&name, key, "make one with `openssl rand -base64 32`");
            if self.signing_keys.iter().take(index).any(|earlier| earlier == key) {
                check.fault(&name, "is there twice");
            }
        }
        check.secret("opaque_setup", &self.opaque_setup, "make it with `syncwatch secrets FILE`");
        if check.strict() && self.signing_keys.is_empty() {
            check.fault(
                "signing_keys",
                "is empty, so nobody could get a token; make it with `syncwatch secrets FILE`",
            );
        }
        check.listeners(&[("grpc_listen", self.grpc_listen), ("admin_listen", self.admin_listen)]);
    }
}

impl Config {
    pub(crate) fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            access: TimeDelta::minutes(self.access_token_minutes.into()),
            refresh: TimeDelta::days(self.refresh_token_days.into()),
        }
    }
}
