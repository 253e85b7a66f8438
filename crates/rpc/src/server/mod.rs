//! The stack around every server: tower layers that share one [`Call`]. Each layer's future holds that of the layer
//! below, so that a call allocates one future, in [`Identified`].

mod admitted;
mod bounded;
mod methods;
mod observed;
mod series;

use std::{convert::Infallible, sync::Arc, task::Poll, time::Instant};

use axum::Router;
use futures::{FutureExt as _, future::Map};
use http::{Request, Response, header::AUTHORIZATION};
use tonic::{Status, body::Body};
use tower::{Service, ServiceBuilder};

use self::{
    admitted::{Authorized, Caller, Identified},
    bounded::{CatchPanics, WithDeadline},
    methods::Method,
    observed::{Measured, Traced, caller_is_enough},
};
use crate::{Context, Error, ServiceToken, TraceParent, Verifier};

pub(crate) use methods::methods_without_access;

/// The layers of [`stack`], as a type.
pub(crate) type Stack = Traced<Measured<WithDeadline<CatchPanics<Identified<Authorized<Dispatch>>>>>>;

/// Puts the layers around the routes of a service. Cheap to clone.
pub(crate) fn stack(routes: Router, verifier: Verifier, token: ServiceToken) -> Stack {
    let token = Arc::new(token);
    ServiceBuilder::new()
        // The span is outermost: every log line of a call, also of a refused one, has the request id.
        .layer_fn(Traced)
        // Metrics are outside every layer that can refuse a call, so that they count what callers get.
        .layer_fn(Measured)
        // After its deadline nobody waits for the answer, so everything below is dropped.
        .layer_fn(WithDeadline)
        // A panic below ends this call with INTERNAL, and not the connection with all its other calls.
        .layer_fn(CatchPanics)
        // The identity is verified before any layer or handler relies on it.
        .layer_fn(move |inner| Identified { verifier: verifier.clone(), token: token.clone(), inner })
        // The access level in the contract is enforced here, so that no handler can forget it.
        .layer_fn(Authorized)
        .service(Dispatch(routes))
}

/// A request on its way down the stack, with what the layers above have found out.
pub(crate) struct Call {
    request: Request<Body>,
    /// None: the contract has no such method.
    method: Option<&'static Method>,
    /// Whether the caller's span stands for this call too.
    within_caller: bool,
    trace: TraceParent,
    deadline: Instant,
    caller: Caller,
}

impl Call {
    /// A call that came over the network.
    pub(crate) fn remote(request: Request<Body>) -> Self {
        let trace = TraceParent::of(request.headers());
        let method = methods::find(request.uri().path());
        Self { request, method, within_caller: false, trace, deadline: moment(), caller: Caller::default() }
    }

    /// A call from within this process.
    pub(crate) fn local(request: Request<Body>) -> Self {
        Self { within_caller: caller_is_enough(), ..Self::remote(request) }
    }
}

/// The answer of a layer. An error is a gRPC status in the headers of the response.
type Answer = Result<Response<Body>, Infallible>;

#[expect(clippy::unnecessary_wraps, reason = "the answer of a layer, which is never an error of HTTP")]
fn refuse(error: Error) -> Answer {
    Ok(Status::from(error).into_http())
}

/// The layers below a layer.
trait Inner: Service<Call, Response = Response<Body>, Error = Infallible> {}

impl<S: Service<Call, Response = Response<Body>, Error = Infallible>> Inner for S {}

/// The bottom of the stack: gives the request its [`Context`] and calls the handler.
#[derive(Clone)]
pub(crate) struct Dispatch(Router);

type Routed = Result<Response<axum::body::Body>, Infallible>;

impl Service<Call> for Dispatch {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Map<<Router as Service<Request<axum::body::Body>>>::Future, fn(Routed) -> Answer>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let Call { mut request, trace, deadline, caller: Caller { identity, address, .. }, .. } = call;
        let token = request.headers().get(AUTHORIZATION).cloned();
        request.extensions_mut().insert(Context::new(identity, trace, deadline, address, token));
        let answer: fn(Routed) -> Answer = |routed| routed.map(|response| response.map(Body::new));
        self.0.call(request.map(axum::body::Body::new)).map(answer)
    }
}

#[expect(clippy::disallowed_methods, reason = "deadlines and durations are this process's own")]
fn moment() -> Instant {
    Instant::now()
}
