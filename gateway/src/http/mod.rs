//! The HTTP side. From the outside in: trace, metrics and the headers of every response, so that refusals have them
//! too, with a catch for panics; CORS; the rate limit; compression; the routes.

mod assets;
pub(crate) mod call;
mod cookies;
mod endpoint;
pub(crate) mod error;
pub(crate) mod headers;
mod limit;
mod media;
mod openapi;
mod routes;
mod series;
pub(crate) mod translate;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{
    Router,
    extract::{RawPathParams, Request},
    handler::Handler as _,
    middleware,
    response::IntoResponse as _,
    routing::{MethodFilter, MethodRouter, get},
};
use http::{HeaderName, HeaderValue, header};
use rpc::{RpcChannel, TraceParent};
use tower_http::{
    compression::{
        CompressionLayer, Predicate as _,
        predicate::{DefaultPredicate, SizeAbove},
    },
    cors::{AllowOrigin, CorsLayer},
};

use self::{endpoint::Handler, headers::Surroundings, limit::Limiter};
use crate::{Config, DataPlane, bucket::Rate};

pub use self::openapi::openapi;

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bodies of the API below this many bytes fit into one packet as they are.
const MIN_COMPRESSED: u64 = 1024;

/// What the routes need.
pub(crate) struct Parts {
    /// By the full name of the gRPC service.
    pub(crate) channels: BTreeMap<&'static str, RpcChannel>,
    pub(crate) data_plane: DataPlane,
    pub(crate) health: runtime::Health,
    pub(crate) clock: runtime::Clock,
    /// The WebSocket.
    pub(crate) realtime: Router,
}

/// Everything that the gateway serves.
pub(crate) fn router(config: &Config, parts: Parts) -> anyhow::Result<Router> {
    let limiter =
        Limiter::new(Rate::new(config.requests_per_second, config.requests_burst), parts.clock.clone());
    let large = DefaultPredicate::new().and(SizeAbove::new(MIN_COMPRESSED));
    let api = api(config, &parts.channels)?.layer(CompressionLayer::new().compress_when(large));
    // Compression stops at what is compressed already or must keep its ranges: media and sockets.
    let counted = api.merge(parts.realtime).layer(middleware::from_fn_with_state(limiter, limit::limit));
    let router = counted
        .merge(parts.health.router())
        .merge(media::router(parts.data_plane)?)
        .fallback_service(assets::fallback.layer(CompressionLayer::new()).with_state(()))
        .method_not_allowed_fallback(assets::no_such_method);
    let router = match cors(config)? {
        Some(cors) => router.layer(cors),
        None => router,
    };
    Ok(router.layer(middleware::from_fn_with_state(Surroundings::new(config), headers::surround)))
}

fn api(config: &Config, channels: &BTreeMap<&'static str, RpcChannel>) -> anyhow::Result<Router> {
    let mut paths: BTreeMap<String, MethodRouter> = BTreeMap::new();
    for endpoint in routes::endpoints()? {
        let service = endpoint.rpc.parent_service().full_name().to_owned();
        let channel =
            channels.get(service.as_str()).with_context(|| format!("no channel leads to {service}"))?;
        let filter = MethodFilter::try_from(endpoint.method.clone())?;
        let path = endpoint.path.clone();
        let handler = Arc::new(Handler::new(&endpoint, channel.clone(), config.max_body_bytes)?);
        let handle = move |path: RawPathParams, request: Request| handler.clone().handle(path, request);
        let methods = paths.remove(&path).unwrap_or_default();
        paths.insert(path, methods.on(filter, handle));
    }
    let document = || async { axum::Json(openapi::document()).into_response() };
    let router = Router::new().route("/api-docs/openapi.json", get(document));
    Ok(paths.into_iter().fold(router, |router, (path, methods)| router.route(&path, methods)))
}

fn cors(config: &Config) -> anyhow::Result<Option<CorsLayer>> {
    if config.cors_origins.is_empty() {
        return Ok(None);
    }
    let origins = config
        .cors_origins
        .iter()
        .map(|origin| HeaderValue::from_str(origin))
        .collect::<Result<Vec<_>, _>>()?;
    let expose = [HeaderName::from_static("x-request-id"), header::RETRY_AFTER];
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            http::Method::GET,
            http::Method::POST,
            http::Method::PUT,
            http::Method::PATCH,
            http::Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::RANGE,
            HeaderName::from_static(TraceParent::HEADER),
        ])
        .expose_headers(expose)
        .max_age(Duration::from_mins(10));
    Ok(Some(layer))
}
