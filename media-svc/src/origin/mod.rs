//! Asking the host of a link what is there. All requests that people can have us make are made here, and only to
//! addresses that [`Reach`] permits: names are resolved by [`PublicNames`], whose answer is what is connected to, and
//! every redirect is followed by hand and looked at again.

mod answer;
mod read;
mod resolver;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use http::{
    HeaderValue, Method, StatusCode,
    header::{ACCEPT_ENCODING, LOCATION, RANGE},
};
use reqwest::{Client, Response, redirect::Policy};
use rpc::Context;
use runtime::{Full, Share, Shares};
use url::{Host, Url};

use self::{
    answer::{content_type, first_bytes, size},
    resolver::{PublicNames, Refusal},
};
use crate::{
    domain::{Declared, Kind, Reach, declared, parse_redirect, sniff},
    error::{Error, Result},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_REDIRECTS: usize = 5;
/// What is read of a file to see what it is.
const SNIFFED_BYTES: usize = 4096;
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

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// As the host names it; by its bytes where the host does not.
    pub(crate) content_type: String,
    /// Unknown when the host does not say.
    pub(crate) size_bytes: Option<u64>,
}

impl Origin {
    /// `timeout` bounds everything that is asked for one link.
    pub(crate) fn new(reach: Reach, timeout: Duration) -> anyhow::Result<Self> {
        let reach = Arc::new(reach);
        let client = Client::builder()
            .user_agent(concat!("SyncWatch/", env!("CARGO_PKG_VERSION")))
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

    /// Looks at what a link leads to, for whoever calls.
    pub(crate) async fn look(&self, context: &Context, link: &Url) -> Result<Found> {
        let _place = self.place(context, link)?;
        let late = |_| Error::Unreachable { host: host(link), why: "it does not answer in time" };
        tokio::time::timeout(self.timeout, self.ask_twice(link)).await.map_err(late)?
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

    /// HEAD costs the host least; a GET for the first bytes when that says too little. Many hosts answer HEAD with an
    /// error of some sort and GET with the file, so only GET has the last word.
    async fn ask_twice(&self, link: &Url) -> Result<Found> {
        let head = self.ask(Method::HEAD, link, None).await?;
        if head.status().is_success()
            && let Declared::Playable(kind) = declared(content_type(&head))
        {
            return Ok(found(kind, &head));
        }
        let response = self.ask(Method::GET, link, Some((0, SNIFFED_BYTES))).await?;
        // An empty file has no first bytes.
        if !response.status().is_success() && response.status() != StatusCode::RANGE_NOT_SATISFIABLE {
            return Err(Error::Refused { host: host(link), status: response.status().as_u16() });
        }
        match declared(content_type(&response)) {
            Declared::Playable(kind) if response.status().is_success() => Ok(found(kind, &response)),
            Declared::Not(why) => Err(why.into()),
            _ => {
                let about = found(Kind::Mp4, &response);
                let broken = |error| Self::failure(link, &error);
                let kind = sniff(&first_bytes(response, SNIFFED_BYTES).await.map_err(broken)?)?;
                let content_type = if about.content_type.is_empty() {
                    kind.content_type().to_owned()
                } else {
                    about.content_type
                };
                Ok(Found { kind, content_type, ..about })
            }
        }
    }

    /// One request, for so many bytes from a place on, with the redirects that it leads through.
    async fn ask(&self, method: Method, link: &Url, part: Option<(u64, usize)>) -> Result<Response> {
        let mut url = link.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.check_literal(&url)?;
            let mut request =
                self.client.request(method.clone(), url.clone()).header(ACCEPT_ENCODING, "identity");
            if let Some((at, length)) = part {
                let last = at.saturating_add(length as u64).saturating_sub(1);
                request = request.header(RANGE, format!("bytes={at}-{last}"));
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
                Refusal::Unknown => Error::Unreachable { host, why: "there is no host of that name" },
            };
        }
        tracing::debug!(host, error = format!("{:?}", error.to_string()), "a host does not answer");
        let why = match () {
            () if error.is_timeout() => "it does not answer in time",
            () if error.is_connect() => "it takes no connection, or its certificate is not valid",
            () => "it ends the connection without an answer",
        };
        Error::Unreachable { host, why }
    }
}

fn found(kind: Kind, response: &Response) -> Found {
    Found {
        kind,
        content_type: content_type(response).unwrap_or_default().to_owned(),
        size_bytes: size(response),
    }
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
