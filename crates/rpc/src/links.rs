//! How a process reaches the other services of its installation.

use runtime::Settings;

use crate::{Config, RemoteKeys, RpcChannel, ServiceAddresses, ServiceToken, Verifier};

/// The addresses of the services and the token that they share, from the sections `[services]` and `[rpc]`.
pub struct Links {
    /// The secret by which services of one installation know each other.
    pub token: ServiceToken,
    /// Where the services are.
    pub addresses: ServiceAddresses,
}

impl Links {
    /// Reads both sections; fails with every mistake in one of them.
    pub fn load(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self { token: settings.checked::<Config>()?.service_token()?, addresses: settings.checked()? })
    }

    /// A channel to auth-svc. Like every channel of this type it connects when it is first used.
    pub fn auth(&self) -> anyhow::Result<RpcChannel> {
        RpcChannel::remote(&self.addresses.auth)
    }

    /// A channel to room-svc.
    pub fn room(&self) -> anyhow::Result<RpcChannel> {
        RpcChannel::remote(&self.addresses.room)
    }

    /// A channel to sync-svc.
    pub fn sync(&self) -> anyhow::Result<RpcChannel> {
        RpcChannel::remote(&self.addresses.sync)
    }

    /// A channel to media-svc.
    pub fn media(&self) -> anyhow::Result<RpcChannel> {
        RpcChannel::remote(&self.addresses.media)
    }

    /// A channel to voice-svc.
    pub fn voice(&self) -> anyhow::Result<RpcChannel> {
        RpcChannel::remote(&self.addresses.voice)
    }

    /// Verifies access tokens with the keys of auth-svc.
    pub fn verifier(&self) -> anyhow::Result<Verifier> {
        Ok(Verifier::new(RemoteKeys(self.auth()?)))
    }
}
