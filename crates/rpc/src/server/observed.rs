//! The outer layers, which observe calls: a span, and metrics.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use http::Response;
use opentelemetry::trace::TraceContextExt as _;
use pin_project_lite::pin_project;
use tonic::{Code, Status, body::Body};
use tower::Service;
use tracing::{Instrument as _, Span, instrument::Instrumented};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{Answer, Call, Inner, methods, moment, series::Series};

/// Runs each call in a span of its own, and makes the calls that it causes part of that span.
#[derive(Clone)]
pub(crate) struct Traced<S>(pub(super) S);

impl<S: Inner> Service<Call> for Traced<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Instrumented<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut call: Call) -> Self::Future {
        let span = if call.within_caller { Span::none() } else { open_span(&mut call) };
        self.0.call(call).instrument(span)
    }
}

fn open_span(call: &mut Call) -> Span {
    let series = methods::series(call.method);
    let span = tracing::info_span!(
        "rpc",
        otel.kind = "server",
        service = series.service,
        method = series.method,
        request_id = call.trace.request_id()
    );
    let _ = span.set_parent(call.trace.otel_context());
    call.trace = call.trace.within(&span);
    span
}

/// Whether the current span can stand for a call from within this process: it has the request id already, so the call
/// gets a span of its own only where spans are exported.
pub(super) fn caller_is_enough() -> bool {
    let caller = Span::current();
    !caller.is_none() && !caller.context().span().span_context().is_valid()
}

/// Counts and times calls, by method and code.
#[derive(Clone)]
pub(crate) struct Measured<S>(pub(super) S);

impl<S: Inner> Service<Call> for Measured<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = MeasuredFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let series = methods::series(call.method);
        MeasuredFuture { started: moment(), series, call: self.0.call(call) }
    }
}

pin_project! {
    /// A call whose end is counted.
    pub(crate) struct MeasuredFuture<F> {
        started: Instant,
        series: &'static Series,
        #[pin]
        call: F,
    }
}

impl<F: Future<Output = Answer>> Future for MeasuredFuture<F> {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let this = self.project();
        let Ok(response) = ready!(this.call.poll(context));
        let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
        this.series.record(code, this.started.elapsed());
        tracing::debug!(?code, "answered");
        Poll::Ready(Ok(response))
    }
}
