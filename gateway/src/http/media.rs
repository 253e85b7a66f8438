//! `/media/`: the data plane, in this process or on another server. Bytes pass unchanged.

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
use tower::ServiceExt as _;

use crate::DataPlane;

/// The routes of the data plane.
pub(crate) fn router(data_plane: DataPlane) -> anyhow::Result<Router> {
    match data_plane {
        DataPlane::Local(local) => {
            let service = tower::service_fn(move |request: Request| {
                let local = local.clone();
                async move { Ok::<_, Infallible>(local.oneshot(as_from_outside(request)).await.into_response()) }
            });
            Ok(Router::new().route_service("/media/{*path}", service))
        }
        DataPlane::Remote(url) => {
            let upstream = Upstream::new(&url)?;
            let service = tower::service_fn(move |request: Request| {
                let upstream = upstream.clone();
                async move { Ok::<_, Infallible>(upstream.forward(request).await) }
            });
            Ok(Router::new().route_service("/media/{*path}", service))
        }
    }
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
    fn new(url: &str) -> anyhow::Result<Self> {
        let uri: Uri = url.parse()?;
        let authority = uri
            .authority()
            .ok_or_else(|| anyhow::anyhow!("services.media_http `{url}` names no host"))?
            .clone();
        anyhow::ensure!(
            uri.scheme() == Some(&Scheme::HTTP),
            "services.media_http `{url}` must begin with http://"
        );
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
        // Links of the data plane are signed; credentials do not belong there.
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
