//! The HTTP side. From the outside in: the rest of a request's body, whoever answered early; trace, metrics and the
//! headers of every response, so that refusals have them too, with a catch for panics; CORS; compression; the routes,
//! each behind the limits of its RPC.

mod assets;
pub(crate) mod call;
mod cookies;
mod endpoint;
mod forwarded;
pub(crate) mod headers;
pub(crate) mod limit;
mod media;
mod openapi;
mod pages;
mod preview;
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
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, MethodRouter, get},
};
use edge::ApiError;
use http::{HeaderName, HeaderValue, header};
use rpc::{Error, RpcChannel, TraceParent, Verifier};
use tower_http::{
    compression::{
        CompressionLayer, Predicate as _,
        predicate::{DefaultPredicate, SizeAbove},
    },
    cors::{AllowOrigin, CorsLayer},
};

use self::{endpoint::Handler, headers::Surroundings, limit::Gate, pages::Pages, preview::Previews};
use crate::{Config, DataPlane, limits::Limits};

pub use self::openapi::openapi;

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bodies of the API below this many bytes fit into one packet as they are.
const MIN_COMPRESSED: u64 = 1024;

/// What the routes need.
pub(crate) struct Parts {
    /// By the package of the gRPC services: one service of ours each.
    pub(crate) channels: BTreeMap<&'static str, RpcChannel>,
    pub(crate) data_plane: DataPlane,
    pub(crate) health: runtime::Health,
    pub(crate) limits: Arc<Limits>,
    pub(crate) verifier: Verifier,
    pub(crate) clock: runtime::Clock,
    /// The WebSocket.
    pub(crate) realtime: Router,
}

/// Everything that the gateway serves.
pub(crate) fn router(config: &Config, parts: Parts) -> anyhow::Result<Router> {
    let large = DefaultPredicate::new().and(SizeAbove::new(MIN_COMPRESSED));
    let api = api(config, &parts)?.layer(CompressionLayer::new().compress_when(large));
    let room = parts.channels.get("syncwatch.room.v1").context("no channel leads to room-svc")?;
    let pages = Pages::new(Previews::new(room.clone(), parts.clock.clone()), config.public_origin());
    // Compression stops at what is compressed already or must keep its ranges: media and sockets.
    let router = api
        .merge(parts.realtime)
        .merge(parts.health.router())
        .merge(media::router(parts.data_plane)?)
        .fallback_service(assets::fallback.layer(CompressionLayer::new()).with_state(pages))
        .method_not_allowed_fallback(assets::no_such_method);
    let router = match cors(config)? {
        Some(cors) => router.layer(cors),
        None => router,
    };
    Ok(router
        .layer(middleware::from_fn_with_state(Surroundings::new(config), headers::surround))
        .layer(middleware::from_fn(edge::settle_request_body)))
}

fn api(config: &Config, parts: &Parts) -> anyhow::Result<Router> {
    let mut paths: BTreeMap<String, MethodRouter> = BTreeMap::new();
    for endpoint in routes::endpoints()? {
        let service = endpoint.rpc.parent_service();
        let channel = parts
            .channels
            .get(service.package_name())
            .with_context(|| format!("no channel leads to {}", service.full_name()))?;
        let filter = MethodFilter::try_from(endpoint.method.clone())?;
        let path = endpoint.path.clone();
        let gate = Arc::new(Gate::of(&endpoint.rpc, &parts.limits, &parts.verifier)?);
        let handler = Arc::new(Handler::new(&endpoint, channel.clone(), config.max_body_bytes)?);
        let handle = move |path: RawPathParams, request: Request| {
            let (gate, handler) = (gate.clone(), handler.clone());
            async move {
                let room = path.iter().find_map(|(name, value)| (name == "room").then_some(value));
                let address = limit::address_of(&request);
                match gate.admit(request.headers(), address, room.unwrap_or_default()).await {
                    Ok(()) => handler.handle(path, request).await,
                    Err(error) => refuse(error, &request),
                }
            }
        };
        let methods = paths.remove(&path).unwrap_or_default();
        paths.insert(path, methods.on(filter, handle));
    }
    let gate = Arc::new(Gate::plain(&parts.limits, &parts.verifier));
    let document = move |request: Request| {
        let gate = gate.clone();
        async move {
            let address = limit::address_of(&request);
            match gate.admit(request.headers(), address, "").await {
                Ok(()) => axum::Json(openapi::document()).into_response(),
                Err(error) => refuse(error, &request),
            }
        }
    };
    let router = Router::new().route("/api-docs/openapi.json", get(document));
    Ok(paths.into_iter().fold(router, |router, (path, methods)| router.route(&path, methods)))
}

fn refuse(error: Error, request: &Request) -> Response {
    let trace = request.extensions().get::<TraceParent>().copied().unwrap_or_else(TraceParent::random);
    ApiError::new(error, trace).into_response()
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
