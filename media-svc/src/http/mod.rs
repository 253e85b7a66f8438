//! The data plane: media bytes over plain HTTP, to whoever has a link that we signed.

mod file;
mod refusal;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Path, RawQuery, State},
    middleware,
    response::Response,
    routing::get,
};
use blob::{Blobs, Key};
use http::{HeaderMap, HeaderValue, Method, header};
use rpc::TraceParent;
use runtime::Clock;

use self::refusal::Refusal;
use crate::{domain::Signer, film};

/// A link may be good for a week; a film is not worth a day more in a cache.
const MAX_AGE_S: i64 = 24 * 3600;

/// What the data plane works with.
pub(crate) struct DataPlane {
    pub(crate) blobs: Blobs,
    pub(crate) signer: Signer,
    pub(crate) clock: Clock,
    pub(crate) film: Key,
}

/// The routes below `/media/`.
pub(crate) fn router(data_plane: DataPlane) -> Router {
    // `get` answers HEAD too.
    Router::new()
        .route("/media/film/{name}", get(serve_film))
        .fallback(nowhere)
        .with_state(Arc::new(data_plane))
        .layer(middleware::from_fn(edge::settle_request_body))
}

async fn serve_film(
    State(data_plane): State<Arc<DataPlane>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    trace: Option<Extension<TraceParent>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    match data_plane.film(&name, &query.unwrap_or_default(), &method, &headers).await {
        Ok(response) => response,
        Err(refusal) => refusal.response(trace_of(trace, &headers)),
    }
}

async fn nowhere(trace: Option<Extension<TraceParent>>, headers: HeaderMap) -> Response {
    Refusal::NoSuchPath.response(trace_of(trace, &headers))
}

/// Within one process the gateway has it; over the network it is in a header.
fn trace_of(trace: Option<Extension<TraceParent>>, headers: &HeaderMap) -> TraceParent {
    trace.map_or_else(|| TraceParent::of(headers), |Extension(trace)| trace)
}

impl DataPlane {
    async fn film(
        &self,
        name: &str,
        query: &str,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        let now_s = self.clock.now().timestamp();
        let path = format!("film/{name}");
        let claims = self.signer.verify(&path, query, now_s)?;
        if path != film::PATH {
            return Err(Refusal::Missing);
        }
        tracing::debug!(path, room_id = claims.room_id, subject_id = claims.subject_id, "serving a film");
        let mut response = file::respond(&self.blobs, &self.film, method, headers).await?;
        let age_s = (claims.expires_at_s - now_s).min(MAX_AGE_S);
        // Private: the link is somebody's, and a shared cache would serve it on when it has expired.
        if let Ok(value) = HeaderValue::try_from(format!("private, max-age={age_s}")) {
            response.headers_mut().insert(header::CACHE_CONTROL, value);
        }
        Ok(response)
    }
}
