//! The routes below `/media/`.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Path, RawQuery, State},
    middleware,
    response::Response,
    routing::get,
};
use blob::{Blobs, Key};
use edge::Signer;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use rpc::{RpcChannel, TraceParent};
use runtime::Clock;

use crate::{file, film, hls, refusal::Refusal};

/// A signed URL may be good for a week; a cache need not keep the film for more than a day.
const MAX_AGE_S: i64 = 24 * 3600;

/// What the data plane works with.
pub struct DataPlane {
    /// Where the bytes are.
    pub blobs: Blobs,
    /// Verifies the URLs.
    pub signer: Signer,
    /// Decides which URLs have expired.
    pub clock: Clock,
    /// media-svc, called as a service for segments that are not there yet.
    pub media: RpcChannel,
}

/// What the routes work with.
pub(crate) struct Shared {
    pub(crate) data_plane: DataPlane,
    pub(crate) hls: hls::State,
    film: Key,
}

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The routes below `/media/`.
pub fn router(data_plane: DataPlane) -> anyhow::Result<Router> {
    let hls = hls::State::new(&data_plane.media);
    let shared = Arc::new(Shared { data_plane, hls, film: film::key()? });
    // `get` answers HEAD too.
    Ok(Router::new()
        .route("/media/film/{name}", get(serve_film))
        .merge(hls::routes())
        .fallback(no_such_path)
        .with_state(shared)
        .layer(middleware::from_fn(edge::settle_request_body)))
}

async fn serve_film(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    trace: Option<Extension<TraceParent>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    match shared.film(&name, &query.unwrap_or_default(), &method, &headers).await {
        Ok(response) => response,
        Err(refusal) => refusal.response(trace_of(trace, &headers)),
    }
}

async fn no_such_path(trace: Option<Extension<TraceParent>>, headers: HeaderMap) -> Response {
    Refusal::NoSuchPath.response(trace_of(trace, &headers))
}

/// Within one process the gateway sets the extension; over the network there is a header.
pub(crate) fn trace_of(trace: Option<Extension<TraceParent>>, headers: &HeaderMap) -> TraceParent {
    trace.map_or_else(|| TraceParent::of(headers), |Extension(trace)| trace)
}

impl Shared {
    async fn film(
        &self,
        name: &str,
        query: &str,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        let now_s = self.data_plane.clock.now().timestamp();
        let path = format!("film/{name}");
        let claims = self.data_plane.signer.verify(&path, query, now_s)?;
        if path != film::PATH {
            return Err(Refusal::Missing);
        }
        tracing::debug!(path, room_id = claims.room_id, subject_id = claims.subject_id, "serving a film");
        let mut response = file::respond(&self.data_plane.blobs, &self.film, method, headers).await?;
        // Otherwise nginx fetches the whole film into temporary files while the viewer reads at the speed of playback.
        response.headers_mut().insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
        let age_s = (claims.expires_at_s - now_s).min(MAX_AGE_S);
        // Private: the URL belongs to one person, and a shared cache would serve it after it has expired.
        if let Ok(value) = HeaderValue::try_from(format!("private, max-age={age_s}")) {
            response.headers_mut().insert(header::CACHE_CONTROL, value);
        }
        Ok(response)
    }
}
