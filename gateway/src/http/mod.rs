//! The HTTP side. The layers from the outside in: reading the rest of a request's body after an early response; trace,
//! metrics and headers of every response, refusals included, with a catch for panics; CORS; compression; the routes, each
//! behind the limits of its RPC.

mod assets;
mod cookies;
mod cors;
mod endpoint;
mod forwarded;
mod headers;
mod limit;
mod media;
mod openapi;
mod pages;
mod preview;
mod series;
mod translate;

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context as _;
use axum::{
    Router,
    extract::{RawPathParams, Request, rejection::RawPathParamsRejection},
    handler::Handler as _,
    middleware,
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, MethodRouter, any, get},
};
use edge::ApiError;
use rpc::{Error, Reason, RpcChannel, TraceParent, Verifier};
use tower_http::compression::{
    CompressionLayer, Predicate as _,
    predicate::{DefaultPredicate, SizeAbove},
};

use self::{endpoint::Handler, headers::Surroundings, limit::Gate, pages::Pages, preview::Previews};
use crate::{
    Config, DataPlane,
    api::Api,
    contract::{Contract, name_of},
    limits::{Limits, Rules},
};

pub use self::openapi::openapi;

/// Smaller bodies, in bytes, fit into one packet uncompressed.
const MIN_COMPRESSED: u64 = 1024;

/// What the routes need.
pub(crate) struct Parts {
    pub(crate) contract: Contract,
    pub(crate) api: Arc<Api>,
    pub(crate) room: RpcChannel,
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
    let pages = Pages::new(Previews::new(parts.room, parts.clock.clone()), config.public_origin());
    // Not compressed: media, which is compressed already and must keep its ranges, and sockets.
    let router = api
        .merge(parts.realtime)
        .merge(parts.health.router())
        .merge(media::router(parts.data_plane)?)
        .fallback_service(assets::fallback.layer(CompressionLayer::new()).with_state(pages))
        .method_not_allowed_fallback(assets::no_such_method);
    Ok(cors::allow(router, &config.cors_origins)?
        .layer(middleware::from_fn_with_state(Surroundings::new(config), headers::surround))
        .layer(middleware::from_fn(edge::settle_request_body)))
}

fn api(config: &Config, parts: &Parts) -> anyhow::Result<Router> {
    let mut paths: BTreeMap<String, MethodRouter> = BTreeMap::new();
    for endpoint in parts.contract.endpoints() {
        let name = name_of(&endpoint.rpc);
        let method = parts.api.get(&name).with_context(|| format!("{name} cannot be called"))?;
        let filter = MethodFilter::try_from(endpoint.method.clone())?;
        let path = endpoint.path.clone();
        let gate = Arc::new(Gate::new(method.rules.clone(), &parts.limits, &parts.verifier));
        let max_body_bytes = endpoint.max_body_bytes.unwrap_or(config.max_body_bytes);
        let handler = Arc::new(Handler::new(endpoint, method.clone(), max_body_bytes));
        let handle = move |path: Result<RawPathParams, RawPathParamsRejection>, request: Request| {
            let (gate, handler) = (gate.clone(), handler.clone());
            async move {
                let Ok(path) = path else {
                    let message = "the path is no UTF-8; encode its characters by percent signs as UTF-8";
                    return refuse(Error::new(Reason::InvalidField, message), &request);
                };
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
    let gate = Arc::new(Gate::new(Rules::default(), &parts.limits, &parts.verifier));
    let document = Arc::new(openapi(&parts.contract));
    let document = move |request: Request| {
        let (gate, document) = (gate.clone(), document.clone());
        async move {
            let address = limit::address_of(&request);
            match gate.admit(request.headers(), address, "").await {
                Ok(()) => axum::Json(&*document).into_response(),
                Err(error) => refuse(error, &request),
            }
        }
    };
    let router = if config.api_docs {
        Router::new().route("/api-docs/openapi.json", get(document))
    } else {
        // Routes come before the client's files, of which the page is one.
        let paths = ["/api-docs", "/api-docs/", "/api-docs/{*path}"];
        paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(assets::no_such_page)))
    };
    Ok(paths.into_iter().fold(router, |router, (path, methods)| router.route(&path, methods)))
}

fn refuse(error: Error, request: &Request) -> Response {
    let trace = request.extensions().get::<TraceParent>().copied().unwrap_or_else(TraceParent::random);
    ApiError::new(error, trace).into_response()
}
