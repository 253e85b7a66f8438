//! The client: GET requests to permitted addresses.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use http::{
    HeaderMap, HeaderValue, Method,
    header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, LOCATION, ORIGIN, RANGE},
};
use reqwest::{Response, redirect::Policy};
use url::{Host, Url};

use crate::{Error, Fetched, Reach, Result, error::host, resolver::PublicNames, target::follow};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_REDIRECTS: usize = 5;
/// Hosts that turn programs away look for the words of a browser; our own name stands behind them.
const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 SyncWatch/",
    env!("CARGO_PKG_VERSION")
);

/// Sends requests to permitted addresses only. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    reach: Arc<Reach>,
    pub(crate) timeout: Duration,
}

/// Options of a request: the part of the file, and the page that it stands for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Want<'a> {
    /// Offset and length of a byte range; `None`: the whole file.
    pub part: Option<(u64, usize)>,
    /// Sent as `Origin`, as browsers do when a script of that page fetches.
    pub page_origin: Option<&'a str>,
}

impl Client {
    /// `timeout` is the deadline of [`Client::read`]; callers of [`Client::get`] set their own around several calls.
    pub fn new(reach: Reach, timeout: Duration) -> anyhow::Result<Self> {
        let reach = Arc::new(reach);
        let http = reqwest::Client::builder()
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
            .context("cannot set up the client that opens links")?;
        Ok(Self { http, reach, timeout })
    }

    /// One GET, with the redirects that it leads through.
    pub async fn get(&self, link: &Url, want: Want<'_>) -> Result<Fetched> {
        let mut url = link.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.check_literal(&url)?;
            let mut request = self.http.request(Method::GET, url.clone());
            if let Some((at, length)) = want.part {
                let last = at.saturating_add(length as u64).saturating_sub(1);
                request = request.header(RANGE, format!("bytes={at}-{last}"));
            }
            if let Some(origin) = want.page_origin {
                request = request.header(ORIGIN, origin);
            }
            let response = request.send().await.map_err(|error| Error::of(&url, &error))?;
            let Some(location) = redirect(&response) else { return Ok(Fetched(response)) };
            url = follow(&url, location)?;
        }
        Err(Error::TooManyRedirects { host: host(link) })
    }

    /// A literal address is not resolved, so [`PublicNames`] does not see it.
    fn check_literal(&self, url: &Url) -> Result<()> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if self.reach.permits(address) { Ok(()) } else { Err(Error::PrivateAddress { host: host(url) }) }
    }
}

/// As a `<video>` asks, but without compression: byte ranges of a compressed body would be useless.
fn as_browsers_ask() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("*/*")),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        (ACCEPT_LANGUAGE, HeaderValue::from_static("en-US,en;q=0.9")),
    ])
}

fn redirect(response: &Response) -> Option<&str> {
    // 300 is a choice for people, and 304 answers a condition that was not sent.
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    response
        .headers()
        .get(LOCATION)
        .filter(|_| is_redirect)
        .map(HeaderValue::as_bytes)
        .and_then(|value| std::str::from_utf8(value).ok())
}
