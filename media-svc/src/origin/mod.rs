//! Asking the host of a link what is there. All requests that people can have us make are made here, and only to
//! addresses that [`Reach`] permits: names are resolved by [`PublicNames`], whose answer is what is connected to, and
//! every redirect is followed by hand and looked at again.

mod answer;
mod look;
mod oembed;
mod read;
mod resolver;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use http::{
    HeaderMap, HeaderValue, Method,
    header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, LOCATION, ORIGIN, RANGE},
};
use reqwest::{Client, Response, redirect::Policy};
use rpc::Context;
use runtime::{Full, Share, Shares};
use url::{Host, Url};

use self::resolver::{PublicNames, Refusal};
pub(crate) use self::{
    look::{Found, LARGEST_PLAYLIST},
    oembed::Metadata,
};
use crate::{
    domain::{Reach, parse_redirect},
    error::{Error, Result},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_REDIRECTS: usize = 5;
/// Hosts that turn programs away look for the words of a browser; ours stand behind them.
const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 SyncWatch/",
    env!("CARGO_PKG_VERSION")
);
/// For messages.
const LATE: &str = "it does not answer in time";
/// Links that are looked at at the same time: in all, for one person, for the guests of one network, and at one host.
/// A host that never answers keeps its places for as long as it may take.
const MAX_LOOKS: usize = 64;
const LOOKS_OF_PERSON: usize = 4;
const LOOKS_OF_NETWORK: usize = 16;
const LOOKS_AT_HOST: usize = 8;

/// Asks the hosts of links. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Origin {
    client: Client,
    reach: Arc<Reach>,
    looks: Arc<Shares>,
    timeout: Duration,
}

impl Origin {
    /// `timeout` bounds everything that is asked for one link.
    pub(crate) fn new(reach: Reach, timeout: Duration) -> anyhow::Result<Self> {
        let reach = Arc::new(reach);
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(as_browsers_ask())
            .dns_resolver(PublicNames(reach.clone()))
            // A proxy would resolve names by itself, and connect to what it finds.
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(0)
            .gzip(false)
            .build()
            .context("cannot set up the client that looks at links")?;
        Ok(Self { client, reach, looks: Shares::new(MAX_LOOKS), timeout })
    }

    fn place(&self, context: &Context, link: &Url) -> Result<Share> {
        let person =
            context.identity.as_ref().map(|identity| identity.subject_id.clone()).unwrap_or_default();
        // New guests cost nothing, and so would new shares.
        let network = context.network().filter(|_| !context.has_account());
        let network_key =
            network.map_or_else(|| format!("account {person}"), |network| format!("from {network}"));
        let keys = [
            (format!("for {person}"), LOOKS_OF_PERSON),
            (network_key, LOOKS_OF_NETWORK),
            (format!("at {}", host(link)), LOOKS_AT_HOST),
        ];
        self.looks.take(keys).map_err(|full| match full {
            Full::All => Error::Busy,
            Full::Key(0) => Error::PersonBusy,
            Full::Key(1) => Error::NetworkBusy,
            Full::Key(_) => Error::HostBusy { host: host(link) },
        })
    }

    /// One GET, of a part of the file or of all of it, with the redirects that it leads through.
    async fn ask(&self, link: &Url, want: Want<'_>) -> Result<Response> {
        let mut url = link.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.check_literal(&url)?;
            let mut request = self.client.request(Method::GET, url.clone());
            if let Some((at, length)) = want.part {
                let last = at.saturating_add(length as u64).saturating_sub(1);
                request = request.header(RANGE, format!("bytes={at}-{last}"));
            }
            if let Some(origin) = want.page_origin {
                request = request.header(ORIGIN, origin);
            }
            let response = request.send().await.map_err(|error| Self::failure(&url, &error))?;
            let Some(location) = redirect(&response) else { return Ok(response) };
            url = parse_redirect(&url, location)
                .map_err(|invalid| Error::InvalidRedirect { host: host(&url), invalid })?;
        }
        Err(Error::TooManyRedirects { host: host(link) })
    }

    /// A host that is an address is not resolved, so [`PublicNames`] does not see it.
    fn check_literal(&self, url: &Url) -> Result<()> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if self.reach.permits(address) { Ok(()) } else { Err(Error::PrivateAddress { host: host(url) }) }
    }

    fn failure(url: &Url, error: &reqwest::Error) -> Error {
        let host = host(url);
        if let Some(refusal) = Refusal::of(error) {
            return match refusal {
                Refusal::Private => Error::PrivateAddress { host },
                Refusal::Unknown => Error::NoSuchHost { host },
            };
        }
        tracing::debug!(host, error = format!("{:?}", error.to_string()), "a host does not answer");
        let why = match () {
            () if error.is_timeout() => LATE,
            () if error.is_connect() => "it refuses the connection, or its certificate is not valid",
            () => "it closes the connection without an answer",
        };
        Error::Unreachable { host, why }
    }
}

/// What is asked of a host.
#[derive(Debug, Clone, Copy, Default)]
struct Want<'a> {
    /// So many bytes from a place on; `None`: all of it.
    part: Option<(u64, usize)>,
    /// The page in whose name the question is asked, as browsers send it when a script asks.
    page_origin: Option<&'a str>,
}

/// As a `<video>` asks, but without compression: what is read is a part of a file.
fn as_browsers_ask() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("*/*")),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        (ACCEPT_LANGUAGE, HeaderValue::from_static("en-US,en;q=0.9")),
    ])
}

fn redirect(response: &Response) -> Option<&str> {
    // 300 is a choice for people, and 304 answers a question that was not asked.
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    response
        .headers()
        .get(LOCATION)
        .filter(|_| is_redirect)
        .map(HeaderValue::as_bytes)
        .and_then(|value| std::str::from_utf8(value).ok())
}

/// For messages: the path may hold a secret.
fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
