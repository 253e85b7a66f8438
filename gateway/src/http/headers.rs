//! Headers of every response: the request id, and the headers by which browsers protect people.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use edge::ApiError;
use futures::FutureExt as _;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{
        CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
};
use ipnet::IpNet;
use rpc::{Error, TraceParent};
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{forwarded, series::RequestSeries};
use crate::{Config, address::Origin};

/// People link to media on any host, hence the open `media-src` and `connect-src`; scripts come from this host alone. OPAQUE
/// needs WebAssembly. Frames hold the official players of services that allow no other; the page talks to them by messages,
/// so none of their scripts runs in it. Pictures come from the hosts of these services too.
const CSP: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob: https://*.ytimg.com https://*.vimeocdn.com https://*.dmcdn.net; media-src 'self' blob: https: http:; connect-src 'self' ws: wss: https: http:; \
    worker-src 'self' blob:; font-src 'self'; \
    frame-src https://www.youtube-nocookie.com https://player.vimeo.com https://geo.dailymotion.com; \
    object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const PERMISSIONS: &str = "accelerometer=(), camera=(self), display-capture=(self), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(self), midi=(), payment=(), usb=()";

/// What responses need to know about the proxies in front.
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
        let forwarded = forwarded::origin(&self.trusted, peer, headers);
        Origin { is_https: self.public_is_https || forwarded.is_https, ..forwarded }
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
    // For the services. Replaces whatever a client sent.
    rpc::set_address(request.headers_mut(), origin.address);

    // The template of the route: each path would be a metric series of its own, and queries hold tickets.
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = method_label(request.method());
    let span =
        tracing::info_span!("http", otel.kind = "server", method, route, request_id = trace.request_id());
    let _ = span.set_parent(trace.otel_context());
    let trace = trace.within(&span);
    request.extensions_mut().insert(trace);
    let started = tokio::time::Instant::now();
    // A panic must not take other requests with it.
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut response = answer.unwrap_or_else(|_| {
        ApiError::new(Error::internal(anyhow::anyhow!("a handler panicked")), trace).into_response()
    });
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    tracing::debug!(parent: &span, status, ms = elapsed.as_secs_f64() * 1000.0, "answered");
    surroundings.series.record(&route, method, status, elapsed);

    complete(response.headers_mut(), trace, origin);
    response
}

/// The method as a metric label. Clients may invent methods, and each label value is a series that is kept for ever.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn complete(headers: &mut HeaderMap, trace: TraceParent, origin: Origin) {
    if let Ok(id) = HeaderValue::from_str(&trace.request_id()) {
        headers.insert("x-request-id", id);
    }
    let fixed = [
        (CONTENT_SECURITY_POLICY, CSP),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // frame-ancestors for browsers and scanners that do not know it.
        (X_FRAME_OPTIONS, "DENY"),
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
    fn frames_are_official_players_and_scripts_are_ours_alone() {
        let directive = |name: &str| {
            CSP.split(';').find_map(|part| part.trim().strip_prefix(name)).unwrap_or_default().trim()
        };
        let players = "https://www.youtube-nocookie.com https://player.vimeo.com https://geo.dailymotion.com";
        assert_eq!(directive("frame-src"), players);
        assert_eq!(directive("script-src"), "'self' 'wasm-unsafe-eval'");
        assert_eq!(directive("frame-ancestors"), "'none'");
        assert_eq!(directive("object-src"), "'none'");
    }
}
