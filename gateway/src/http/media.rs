//! The data plane, in this process or on another server: `/media/`, and calls whose bodies are whole films. Bytes pass unchanged, in
//! both directions, as they come: no limit of a body, no time limit and no compression applies.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::{IntoResponse as _, Response},
};
use edge::{ApiError, drop_hop_by_hop};
use http::{
    Extensions, HeaderMap, HeaderName, Uri,
    header::{COOKIE, HOST},
    uri::{Authority, PathAndQuery, Scheme},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rpc::{Error, Reason, TraceParent};
use tower::{Service, ServiceExt as _};

use crate::DataPlane;

/// Paths of uploads, which media-svc takes itself.
const UPLOADS: [&str; 3] = ["/media/uploads", "/media/uploads/{*path}", "/api/videos/upload"];
/// Path of films, which media-edge may give.
const FILMS: &str = "/media/{*path}";

/// The routes of the data plane.
pub(crate) fn router(data_plane: DataPlane) -> anyhow::Result<Router> {
    match data_plane {
        DataPlane::Local(local) => {
            let service = tower::service_fn(move |request: Request| {
                let local = local.clone();
                async move { Ok::<_, Infallible>(local.oneshot(as_from_outside(request)).await.into_response()) }
            });
            Ok(routes(&service, &service))
        }
        DataPlane::Remote { media, edge } => {
            let uploads = forwarding(&media, "services.media_http")?;
            let films = match edge {
                Some(edge) => forwarding(&edge, "services.media_edge")?,
                None => uploads.clone(),
            };
            Ok(routes(&uploads, &films))
        }
    }
}

fn routes<U, F>(uploads: &U, films: &F) -> Router
where
    U: Forward,
    F: Forward,
{
    let router = Router::new().route_service(FILMS, films.clone());
    UPLOADS.iter().fold(router, |router, path| router.route_service(path, uploads.clone()))
}

/// A service that gives a request to the data plane.
trait Forward:
    Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
{
}

impl<S> Forward for S where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

fn forwarding(url: &str, setting: &str) -> anyhow::Result<impl Forward + use<>> {
    let upstream = Upstream::new(url, setting)?;
    Ok(tower::service_fn(move |request: Request| {
        let upstream = upstream.clone();
        async move { Ok::<_, Infallible>(upstream.forward(request).await) }
    }))
}

/// A router within a router would see the outer one's path parameters beside its own.
fn as_from_outside(mut request: Request) -> Request {
    let mut extensions = Extensions::new();
    if let Some(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        extensions.insert(*peer);
    }
    if let Some(trace) = request.extensions().get::<TraceParent>() {
        extensions.insert(*trace);
    }
    *request.extensions_mut() = extensions;
    request
}

#[derive(Clone)]
struct Upstream {
    client: Client<HttpConnector, Body>,
    scheme: Scheme,
    authority: Authority,
}

impl Upstream {
    fn new(url: &str, setting: &str) -> anyhow::Result<Self> {
        let uri: Uri = url.parse()?;
        let authority =
            uri.authority().ok_or_else(|| anyhow::anyhow!("{setting} `{url}` names no host"))?.clone();
        anyhow::ensure!(uri.scheme() == Some(&Scheme::HTTP), "{setting} `{url}` must begin with http://");
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(std::time::Duration::from_secs(3)));
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            scheme: Scheme::HTTP,
            authority,
        })
    }

    async fn forward(&self, mut request: Request) -> Response {
        let trace = request.extensions().get::<TraceParent>().copied().unwrap_or_else(TraceParent::random);
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(self.scheme.clone());
        uri.authority = Some(self.authority.clone());
        uri.path_and_query =
            Some(request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/")));
        let Ok(uri) = Uri::from_parts(uri) else {
            return ApiError::new(Error::new(Reason::NoSuchRoute, "invalid path"), trace).into_response();
        };
        *request.uri_mut() = uri;
        *request.version_mut() = http::Version::HTTP_11;
        let headers = request.headers_mut();
        drop_hop_by_hop(headers);
        headers.remove(HOST);
        // Links are signed and uploads carry a token; cookies do not belong there.
        headers.remove(COOKIE);
        drop_internal(headers);
        if let Ok(value) = trace.to_string().try_into() {
            headers.insert(TraceParent::HEADER, value);
        }
        match self.client.request(request).await {
            Ok(response) => {
                let mut response = response.map(Body::new);
                drop_hop_by_hop(response.headers_mut());
                response
            }
            Err(error) => {
                tracing::warn!(
                    error = format!("{:#}", anyhow::Error::new(error)),
                    "the data plane does not answer"
                );
                let error = Error::new(
                    Reason::DependencyUnavailable,
                    "the media server does not answer; try again in a moment",
                );
                ApiError::new(error.retry_after(std::time::Duration::from_secs(1)), trace).into_response()
            }
        }
    }
}

/// Headers that services set for each other. From a client they are forged.
fn drop_internal(headers: &mut HeaderMap) {
    let is_internal =
        |name: &str| name.starts_with("x-syncwatch-") || matches!(name, "tracestate" | "baggage");
    let internal: Vec<HeaderName> =
        headers.keys().filter(|name| is_internal(name.as_str())).cloned().collect();
    for name in internal {
        headers.remove(name);
    }
}
