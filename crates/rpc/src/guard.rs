//! The stack around every server. From the outside in: a span and the metrics of the call, so that refusals count too;
//! a catch for panics, so that one call cannot take the process; the deadline; access, read from the contract's
//! descriptors; then the routes.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::IpAddr,
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock},
    task::Poll,
    time::{Duration, Instant},
};

use axum::Router;
use futures::{FutureExt as _, future::BoxFuture};
use http::{HeaderMap, Request, Response, header::AUTHORIZATION};
use opentelemetry::trace::TraceContextExt as _;
use proto::common::v1::{Access, Identity, Reason, SubjectKind};
use tonic::{Code, Status, body::Body};
use tower::Service as _;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{
    Context, Error, ServiceToken, TraceParent, Verifier, address::address_of, context::DEFAULT_TIMEOUT,
    series::Series,
};

/// A method of the contract.
struct Method {
    /// From the options of the contract.
    access: Access,
    series: Series,
}

/// By path: `/package.Service/Method`.
static METHODS: LazyLock<HashMap<String, Method>> = LazyLock::new(|| {
    let extension = proto::POOL.get_extension_by_name("syncwatch.common.v1.access");
    let methods = proto::POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .filter_map(|method| {
            let value = method.options().get_extension(extension.as_ref()?).as_enum_number()?;
            let access = Access::try_from(value).ok().filter(|access| *access != Access::Unspecified)?;
            let service = method.parent_service().full_name().to_owned();
            let path = format!("/{service}/{}", method.name());
            Some((path, Method { access, series: Series::new(&service, method.name()) }))
        })
        .collect()
});

/// What the contract does not name shares one label, so that callers cannot make series.
static UNKNOWN: LazyLock<Series> = LazyLock::new(|| Series::new("unknown", "unknown"));

/// The methods of a service of the contract that have no access level; a service with any does not start.
pub(crate) fn methods_without_access(service: &str) -> Vec<String> {
    let service = proto::POOL.get_service_by_name(service);
    let methods = service.iter().flat_map(prost_reflect::ServiceDescriptor::methods);
    methods
        .map(|method| format!("/{}/{}", method.parent_service().full_name(), method.name()))
        .filter(|path| !METHODS.contains_key(path))
        .collect()
}

/// Routes with the stack around them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Guarded {
    routes: Router,
    verifier: Verifier,
    token: Arc<ServiceToken>,
}

impl Guarded {
    pub(crate) fn new(routes: Router, verifier: Verifier, token: ServiceToken) -> Self {
        Self { routes, verifier, token: Arc::new(token) }
    }

    /// Who calls, if they may, and from where, if a service says so.
    async fn admit(
        &self,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<(Option<Identity>, Option<IpAddr>), Error> {
        let Some(Method { access, .. }) = METHODS.get(path) else {
            return Err(Error::new(Reason::NoSuchRoute, format!("there is no method {path}")));
        };
        let vouched = self.token.vouches(headers);
        let identity = match bearer(headers) {
            // An expired token must not keep anyone from signing in again.
            Some(token) if *access == Access::Public => self.verifier.verify(token).await.ok(),
            Some(token) => Some(self.verifier.verify(token).await?),
            None if vouched => Context::vouched_identity(headers),
            None => None,
        };
        let kind = identity.as_ref().map(Identity::kind);
        let address = if vouched { address_of(headers) } else { None };
        match (access, kind) {
            (Access::Public, _)
            | (Access::Guest, Some(_))
            | (Access::Admin | Access::User, Some(SubjectKind::Admin))
            | (Access::User, Some(SubjectKind::User)) => Ok((identity, address)),
            (Access::Internal, _) if vouched => Ok((identity, address)),
            (Access::Internal, _) => Err(Error::new(
                Reason::InternalOnly,
                "this call is reserved for services of this installation",
            )),
            (_, None) => Err(Error::new(
                Reason::Unauthenticated,
                "this needs a token; sign in or request a guest token",
            )),
            (Access::User, _) => {
                Err(Error::new(Reason::AccountRequired, "this needs an account; guests cannot do it"))
            }
            _ => Err(Error::new(Reason::AdminRequired, "this needs an administrator")),
        }
    }

    async fn answer(
        mut self,
        mut request: Request<Body>,
        trace: TraceParent,
        timeout: Duration,
    ) -> Response<Body> {
        let deadline = moment() + timeout;
        let call = async move {
            let (identity, address) = match self.admit(request.uri().path(), request.headers()).await {
                Ok(admitted) => admitted,
                Err(error) => return Status::from(error).into_http(),
            };
            let token = request.headers().get(AUTHORIZATION).cloned();
            request.extensions_mut().insert(Context::new(identity, trace, deadline, address, token));
            match self.routes.call(request.map(axum::body::Body::new)).await {
                Ok(response) => response.map(Body::new),
                Err(never) => match never {},
            }
        };
        match tokio::time::timeout(timeout, AssertUnwindSafe(call).catch_unwind()).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => Status::from(Error::internal(anyhow::anyhow!("a handler panicked"))).into_http(),
            Err(_) => Status::from(Error::new(
                Reason::DeadlineExceeded,
                "the call did not finish before its deadline",
            ))
            .into_http(),
        }
    }
}

impl Guarded {
    /// Answers a call from this process. Its caller's span has the request id already, so it gets one of its own only
    /// where spans are exported.
    pub(crate) fn call_locally(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Response<Body>> + use<> {
        let caller = Span::current();
        let is_enough = !caller.is_none() && !caller.context().span().span_context().is_valid();
        self.clone().respond(request, is_enough)
    }

    fn respond(
        self,
        request: Request<Body>,
        within_caller: bool,
    ) -> impl Future<Output = Response<Body>> + use<> {
        let mut trace = TraceParent::of(request.headers());
        let series = METHODS.get(request.uri().path()).map_or(&*UNKNOWN, |method| &method.series);
        let span = if within_caller {
            Span::none()
        } else {
            let span = tracing::info_span!(
                "rpc",
                otel.kind = "server",
                service = series.service,
                method = series.method,
                request_id = trace.request_id()
            );
            let _ = span.set_parent(trace.otel_context());
            // The calls that this one makes are part of it, not of its caller.
            trace = trace.within(&span);
            span
        };
        let timeout = timeout(request.headers());
        let answer = self.answer(request, trace, timeout);
        let started = moment();
        async move {
            let response = answer.await;
            let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
            series.record(code, started.elapsed());
            tracing::debug!(?code, "answered");
            response
        }
        .instrument(span)
    }
}

impl tower::Service<Request<Body>> for Guarded {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(self.clone().respond(request, false).map(Ok))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The `grpc-timeout` of a request: at most 8 digits and a unit (gRPC over HTTP/2, "Requests").
fn timeout(headers: &HeaderMap) -> Duration {
    let parse = |value: &str| {
        let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
        let amount: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
        Some(match unit {
            "H" => Duration::from_secs(amount * 3600),
            "M" => Duration::from_secs(amount * 60),
            "S" => Duration::from_secs(amount),
            "m" => Duration::from_millis(amount),
            "u" => Duration::from_micros(amount),
            "n" => Duration::from_nanos(amount),
            _ => return None,
        })
    };
    headers.get("grpc-timeout").and_then(|value| parse(value.to_str().ok()?)).unwrap_or(DEFAULT_TIMEOUT)
}

#[expect(clippy::disallowed_methods, reason = "deadlines and durations are this process's own")]
fn moment() -> Instant {
    Instant::now()
}
