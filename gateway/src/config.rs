//! Section `[gateway]` of the settings. The defaults and what each key means are in `config.default.toml`.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use ipnet::IpNet;
use runtime::{Check, Listen, Section};
use serde::Deserialize;
use url::Url;

/// Settings of the gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address for browsers and other clients.
    pub listen: Listen,
    /// Address for health and metrics.
    pub admin_listen: SocketAddr,
    /// Public URL of this server; empty: as the request says.
    pub public_url: String,
    /// Other websites whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Largest body of an API call, in bytes.
    pub max_body_bytes: usize,
    /// Largest WebSocket frame, in bytes.
    pub max_frame_bytes: usize,
    /// Open HTTP connections at once, WebSockets excluded.
    pub max_connections: usize,
    /// Open HTTP connections from one address.
    pub max_connections_per_address: usize,
    /// Open WebSockets at once.
    pub max_sockets: usize,
    /// Whether the gateway serves the API page and the OpenAPI document, below `/api-docs`.
    pub api_docs: bool,
}

impl Section for Config {
    const NAME: &'static str = "gateway";

    fn validate(&self, check: &mut Check) {
        if !self.public_url.is_empty() {
            match public_url(&self.public_url).and_then(|()| web_origin(&self.public_url)) {
                Err(what) => check.fault("public_url", what.to_string()),
                Ok(origin) if check.strict() && origin.starts_with("http://") => {
                    check.fault("public_url", "must begin with https://: cookies and the microphone need it");
                }
                Ok(_) => {}
            }
        } else if check.strict() {
            check.fault("public_url", "is empty; links and cookies would trust what each request says");
        }
        for (index, origin) in self.cors_origins.iter().enumerate() {
            let key = format!("cors_origins[{index}]");
            match web_origin(origin) {
                Err(what) => check.fault(&key, what.to_string()),
                Ok(normal) if normal != *origin => {
                    check.fault(
                        &key,
                        "must be scheme, host and port only, as browsers send it, without a slash at the end",
                    );
                }
                Ok(_) => {}
            }
        }
        let positive = [
            ("max_body_bytes", self.max_body_bytes),
            ("max_frame_bytes", self.max_frame_bytes),
            ("max_connections", self.max_connections),
            ("max_connections_per_address", self.max_connections_per_address),
            ("max_sockets", self.max_sockets),
        ];
        for (key, value) in positive {
            if value == 0 {
                check.fault(key, "is 0; nobody could use the server");
            }
        }
        if self.max_connections_per_address > self.max_connections {
            check.fault("max_connections_per_address", "is more than max_connections, of which it is a part");
        }
        if self.listen.port() != 0 && self.listen.to_string() == self.admin_listen.to_string() {
            check.fault("admin_listen", "is the same address as listen; health and metrics need their own");
        }
    }
}

impl Config {
    /// The origin of this server's own pages, if `public_url` is set.
    pub(crate) fn public_origin(&self) -> Option<String> {
        web_origin(&self.public_url).ok()
    }
}

fn web_origin(text: &str) -> anyhow::Result<String> {
    let url = Url::parse(text).context("is not a URL such as https://watch.example.org")?;
    ensure!(matches!(url.scheme(), "http" | "https"), "must begin with http:// or https://");
    Ok(url.origin().ascii_serialization())
}

/// Pages, API and sockets are all at the root of a host.
fn public_url(text: &str) -> anyhow::Result<()> {
    web_origin(text)?;
    let url = Url::parse(text)?;
    ensure!(
        url.path() == "/",
        "has the path `{}`, but SyncWatch cannot be served below a path; give it a host name of its own",
        url.path()
    );
    ensure!(url.query().is_none() && url.fragment().is_none(), "must end behind the host and the port");
    ensure!(url.username().is_empty() && url.password().is_none(), "must not name a user");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{public_url, web_origin};

    // Case O3.
    #[test]
    fn a_public_url_with_a_path_is_refused_in_one_sentence() {
        for good in ["https://home.example.org", "https://home.example.org/", "http://10.0.0.5:8080"] {
            assert!(public_url(good).is_ok(), "{good}");
        }
        let error = public_url("https://home.example.org/watch/").unwrap_err().to_string();
        assert!(error.contains("/watch/") && error.contains("host name of its own"), "{error}");
        for bad in
            ["https://home.example.org/?a=b", "https://home.example.org/#x", "https://me@home.example.org"]
        {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(web_origin("https://watch.example.org/path").unwrap(), "https://watch.example.org");
        assert_eq!(web_origin("http://localhost:5173").unwrap(), "http://localhost:5173");
        assert!(web_origin("watch.example.org").is_err());
        assert!(web_origin("ftp://watch.example.org").is_err());
    }
}
