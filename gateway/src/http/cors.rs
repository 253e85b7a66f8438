//! CORS: what pages of other origins may do (`gateway.cors_origins`).

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use http::{
    HeaderName, HeaderValue, Method,
    header::{
        ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, RANGE,
        RETRY_AFTER,
    },
};
use rpc::TraceParent;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer, ExposeHeaders};

/// Header fields of resumable uploads, of requests or of responses.
const RESUMABLE: [&str; 17] = [
    "accept-patch",
    "tus-checksum-algorithm",
    "tus-extension",
    "tus-max-size",
    "tus-resumable",
    "tus-version",
    "upload-checksum",
    "upload-complete",
    "upload-concat",
    "upload-defer-length",
    "upload-draft-interop-version",
    "upload-expires",
    "upload-length",
    "upload-limit",
    "upload-metadata",
    "upload-offset",
    "x-http-method-override",
];
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request with the method OPTIONS that is no preflight.
#[derive(Clone, Copy)]
struct AsksForOptions;

/// Lets pages of these origins use a router. Preflights are answered here; any other OPTIONS is answered by the router: at
/// `/media/uploads` it tells what the server can do.
pub(super) fn allow(router: Router, origins: &[String]) -> anyhow::Result<Router> {
    if origins.is_empty() {
        return Ok(router);
    }
    // The layer takes every OPTIONS for a preflight, so the others pass it under another method.
    Ok(router
        .layer(middleware::from_fn(as_options))
        .layer(layer(origins)?)
        .layer(middleware::from_fn(past_the_layer)))
}

async fn past_the_layer(mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS && !request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        request.extensions_mut().insert(AsksForOptions);
        *request.method_mut() = Method::GET;
    }
    next.run(request).await
}

async fn as_options(mut request: Request, next: Next) -> Response {
    if request.extensions_mut().remove::<AsksForOptions>().is_some() {
        *request.method_mut() = Method::OPTIONS;
    }
    next.run(request).await
}

fn layer(origins: &[String]) -> anyhow::Result<CorsLayer> {
    let origins =
        origins.iter().map(|origin| HeaderValue::from_str(origin)).collect::<Result<Vec<_>, _>>()?;
    let resumable = RESUMABLE.map(HeaderName::from_static);
    let trace = HeaderName::from_static(TraceParent::HEADER);
    let allow = [AUTHORIZATION, CONTENT_TYPE, CONTENT_DISPOSITION, RANGE, REQUEST_ID, trace];
    let expose = [REQUEST_ID, RETRY_AFTER, LOCATION];
    Ok(CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers(AllowHeaders::list(allow.into_iter().chain(resumable.clone())))
        .expose_headers(ExposeHeaders::list(expose.into_iter().chain(resumable)))
        .max_age(Duration::from_mins(10)))
}
