//! The layers that keep a call from harming others: a deadline, and a catch for panics.

use std::{
    any::Any,
    convert::Infallible,
    panic::AssertUnwindSafe,
    task::{Context, Poll},
    time::Duration,
};

use futures::{
    FutureExt as _,
    future::{CatchUnwind, Map},
};
use http::{HeaderMap, Response};
use proto::common::v1::Reason;
use tokio::time::{Timeout, error::Elapsed, timeout};
use tonic::body::Body;
use tower::Service;

use super::{Answer, Call, Inner, moment, refuse};
use crate::{Error, context::DEFAULT_TIMEOUT};

/// Drops a call that has not ended within its `grpc-timeout`, and answers `DEADLINE_EXCEEDED`. tower's own layer has one
/// limit for all calls.
#[derive(Clone)]
pub(crate) struct WithDeadline<S>(pub(super) S);

impl<S: Inner> Service<Call> for WithDeadline<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Map<Timeout<S::Future>, fn(Result<Answer, Elapsed>) -> Answer>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut call: Call) -> Self::Future {
        let limit = time_limit(call.request.headers());
        call.deadline = moment() + limit;
        timeout(limit, self.0.call(call)).map(|outcome| {
            outcome.unwrap_or_else(|_| {
                let message = "the call did not finish before its deadline";
                refuse(Error::new(Reason::DeadlineExceeded, message))
            })
        })
    }
}

/// The `grpc-timeout` of a request: at most 8 digits and a unit (gRPC over HTTP/2, "Requests").
fn time_limit(headers: &HeaderMap) -> Duration {
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

/// Answers INTERNAL where a handler panics. tower-http's own layer boxes the body of every answer.
#[derive(Clone)]
pub(crate) struct CatchPanics<S>(pub(super) S);

type Caught = Result<Answer, Box<dyn Any + Send>>;

impl<S: Inner> Service<Call> for CatchPanics<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Map<CatchUnwind<AssertUnwindSafe<S::Future>>, fn(Caught) -> Answer>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        AssertUnwindSafe(self.0.call(call)).catch_unwind().map(|caught| {
            // The panic hook has logged where and why.
            caught.unwrap_or_else(|_| refuse(Error::internal(anyhow::anyhow!("a handler panicked"))))
        })
    }
}
