//! What every response has: the request id, and the headers by which browsers protect people.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS},
};
use ipnet::IpNet;
use rpc::{Error, TraceParent};
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{error::ApiError, series::RequestSeries};
use crate::{Config, address::is_among};

/// Media comes from wherever people link to, hence the open `media-src` and `connect-src`; scripts come from here
/// alone. OPAQUE is WebAssembly. Frames are the official players of services that allow nothing else; they are spoken
/// to by messages, so that no script of theirs runs in this page.
const CSP: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; media-src 'self' blob: https: http:; connect-src 'self' ws: wss: https: http:; \
    worker-src 'self' blob:; font-src 'self'; \
    frame-src https://www.youtube-nocookie.com https://player.vimeo.com https://geo.dailymotion.com; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const PERMISSIONS: &str = "accelerometer=(), camera=(self), display-capture=(self), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(self), midi=(), payment=(), usb=()";

/// Where a request came from, as far as we can believe it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    pub(crate) is_https: bool,
}

/// What is known of the proxies in front.
pub(crate) struct Surroundings {
    trusted: Vec<IpNet>,
    public_is_https: bool,
    series: RequestSeries,
}

impl Surroundings {
    pub(crate) fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self {
            trusted: config.trusted_proxies.clone(),
            public_is_https: config.public_url.starts_with("https://"),
            series: RequestSeries::default(),
        })
    }

    fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> Origin {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let forwarded_https = text("x-forwarded-proto").eq_ignore_ascii_case("https");
        let mut address = peer;
        // Each proxy appends whom it heard from; the last one that is not a proxy of ours is the client.
        let mut hops = text("x-forwarded-for").rsplit(',').filter_map(|hop| hop.trim().parse().ok());
        while is_among(&self.trusted, address)
            && let Some(hop) = hops.next()
        {
            address = hop;
        }
        // Claiming https wrongly hurts only the one who claims it.
        Origin { address, is_https: self.public_is_https || forwarded_https }
    }
}

/// Gives a request its trace and its origin, counts it, and completes its response.
pub(crate) async fn surround(
    State(surroundings): State<Arc<Surroundings>>,
    mut request: Request,
    next: Next,
) -> Response {
    let trace = TraceParent::at_edge(request.headers());
    let peer = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>();
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip().to_canonical());
    let origin = surroundings.origin(peer, request.headers());
    request.extensions_mut().insert(origin);

    // The template, never the path: paths would make a series of metrics each, and queries hold tickets.
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span =
        tracing::info_span!("http", otel.kind = "server", %method, route, request_id = trace.request_id());
    let _ = span.set_parent(trace.otel_context());
    let trace = trace.within(&span);
    request.extensions_mut().insert(trace);
    let started = tokio::time::Instant::now();
    // One request must not take the others.
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut response = answer.unwrap_or_else(|_| {
        ApiError::new(Error::internal(anyhow::anyhow!("a handler panicked")), trace).into_response()
    });
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    tracing::debug!(parent: &span, status, ms = elapsed.as_secs_f64() * 1000.0, "answered");
    surroundings.series.record(&route, method.as_str(), status, elapsed);

    complete(response.headers_mut(), trace, origin);
    response
}

fn complete(headers: &mut HeaderMap, trace: TraceParent, origin: Origin) {
    if let Ok(id) = HeaderValue::from_str(&trace.request_id()) {
        headers.insert("x-request-id", id);
    }
    let fixed = [
        (CONTENT_SECURITY_POLICY, CSP),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if origin.is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_say_where_a_request_came_from() {
        let surroundings = Surroundings {
            trusted: vec!["10.0.0.0/8".parse().unwrap()],
            public_is_https: false,
            series: RequestSeries::default(),
        };
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            HeaderValue::from_static("6.6.6.6, 203.0.113.7, 10.1.1.1"),
        )]);
        let from = |peer: &str| surroundings.origin(peer.parse().unwrap(), &headers).address.to_string();
        assert_eq!(from("10.0.0.1"), "203.0.113.7", "what the client itself wrote in front does not count");
        assert_eq!(from("198.51.100.1"), "198.51.100.1");
    }

    #[test]
    fn frames_are_official_players_and_scripts_are_ours_alone() {
        let directive = |name: &str| {
            CSP.split(';').find_map(|part| part.trim().strip_prefix(name)).unwrap_or_default().trim()
        };
        let players = "https://www.youtube-nocookie.com https://player.vimeo.com https://geo.dailymotion.com";
        assert_eq!(directive("frame-src"), players);
        assert_eq!(directive("script-src"), "'self' 'wasm-unsafe-eval'");
        assert_eq!(directive("frame-ancestors"), "'none'");
    }
}
