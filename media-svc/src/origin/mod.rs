//! Asks the hosts of links what is there. [`fetch`] sends the requests; this module decides how many links are checked at
//! once, and reads the answers.

mod file;
mod look;
mod oembed;

use std::{sync::Arc, time::Duration};

use fetch::{Client, Reach};
use rpc::Context;
use runtime::{Full, Share, Shares};
use url::Url;

pub(crate) use self::{
    look::{Found, LARGEST_PLAYLIST},
    oembed::Metadata,
};
use crate::error::{Error, Result};

/// Links that are checked at once: in all, for one person, for the guests of one network, and at one host. A host that
/// never answers occupies its places until the timeout.
const MAX_LOOKS: usize = 64;
const LOOKS_OF_PERSON: usize = 4;
const LOOKS_OF_NETWORK: usize = 16;
const LOOKS_AT_HOST: usize = 8;

/// Asks the hosts of links. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) client: Client,
    looks: Arc<Shares>,
    timeout: Duration,
}

impl Origin {
    /// `timeout` is the deadline for all requests of one link.
    pub(crate) fn new(reach: Reach, timeout: Duration) -> anyhow::Result<Self> {
        Ok(Self { client: Client::new(reach, timeout)?, looks: Shares::new(MAX_LOOKS), timeout })
    }

    fn place(&self, context: &Context, link: &Url) -> Result<Share> {
        let person =
            context.identity.as_ref().map(|identity| identity.subject_id.clone()).unwrap_or_default();
        // New guests cost nothing, so a limit per guest alone would be no limit.
        let network = context.network().filter(|_| !context.has_account());
        let network_key =
            network.map_or_else(|| format!("account {person}"), |network| format!("from {network}"));
        let host = link.host_str().unwrap_or_default();
        let keys = [
            (format!("for {person}"), LOOKS_OF_PERSON),
            (network_key, LOOKS_OF_NETWORK),
            (format!("at {host}"), LOOKS_AT_HOST),
        ];
        self.looks.take(keys).map_err(|full| match full {
            Full::All => Error::Busy,
            Full::Key(0) => Error::PersonBusy,
            Full::Key(1) => Error::NetworkBusy,
            Full::Key(_) => Error::HostBusy { host: host.to_owned() },
        })
    }
}
