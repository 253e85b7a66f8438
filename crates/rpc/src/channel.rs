//! A channel to a service, wherever it runs.

use std::{
    sync::Arc,
    task::{Poll, ready},
    time::Duration,
};

use anyhow::Context as _;
use futures::{FutureExt as _, future::BoxFuture};
use http::{Extensions, Request, Response};
use tonic::{
    body::Body,
    transport::{Channel, Endpoint},
};
use tower::BoxError;

use crate::{ServiceToken, context::SERVICE_HEADER, guard::Guarded};

/// A channel to a service: a direct call when it is in this process (2 us instead of 50 to 90 us over loopback TCP),
/// HTTP/2 otherwise. Cheap to clone.
#[derive(Clone)]
pub struct RpcChannel {
    target: Target,
    token: Option<Arc<ServiceToken>>,
}

#[derive(Clone)]
enum Target {
    Local(Guarded),
    Remote(Channel),
}

impl RpcChannel {
    pub(crate) fn local(service: Guarded) -> Self {
        Self { target: Target::Local(service), token: None }
    }

    /// Connects when it is first used, and again when the connection breaks.
    pub fn remote(url: &str) -> anyhow::Result<Self> {
        let endpoint = Endpoint::from_shared(url.to_owned())
            .with_context(|| format!("`{url}` is no URL of a service; look at [services] in the settings"))?
            .connect_timeout(Duration::from_secs(3))
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true)
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(8 << 20);
        Ok(Self { target: Target::Remote(endpoint.connect_lazy()), token: None })
    }

    /// The same channel for calls that services make as services: INTERNAL methods, and calls for people whom this
    /// service has identified.
    #[must_use]
    pub fn as_service(&self, token: &ServiceToken) -> Self {
        Self { target: self.target.clone(), token: Some(Arc::new(token.clone())) }
    }
}

impl tower::Service<Request<Body>> for RpcChannel {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Result<(), BoxError>> {
        match &mut self.target {
            Target::Local(_) => Poll::Ready(Ok(())),
            Target::Remote(channel) => Poll::Ready(Ok(ready!(channel.poll_ready(cx))?)),
        }
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(token) = &self.token {
            request.headers_mut().insert(SERVICE_HEADER, token.header());
        }
        match &mut self.target {
            Target::Local(service) => {
                // A network would not carry extensions; a caller's must not pass for what the server stack sets.
                *request.extensions_mut() = Extensions::new();
                Box::pin(service.call_locally(request).map(Ok))
            }
            Target::Remote(channel) => {
                let response = channel.call(request);
                Box::pin(async move { Ok(response.await?) })
            }
        }
    }
}
