//! Request bodies that were not read when the answer was ready.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use bytes::Bytes;
use http::{
    HeaderValue, Version,
    header::{CONNECTION, EXPECT},
};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use parking_lot::Mutex;

/// What is read and thrown away of one body: a few times what any call takes.
const MAX_DISCARDED_BYTES: u64 = 256 * 1024;
/// How long the rest of a body may take. The answer waits for it.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Middleware: makes sure that after an early answer the connection either serves the next request or is announced to
/// close. See the crate.
pub async fn settle_request_body(request: Request, next: Next) -> Response {
    // HTTP/2 ends a stream without ending its connection.
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    // Reading such a body would ask the client to send it (RFC 9110, 10.1.1).
    let is_held_back = request.headers().contains_key(EXPECT);
    let rest = Rest::default();
    let request = request.map(|body| Body::new(Watched { body: Some(body), rest: rest.clone() }));
    let mut response = next.run(request).await;
    let is_settled = match rest.take() {
        State::Finished => true,
        State::Unread(body) if !is_held_back => discard(body).await,
        State::Unread(_) | State::InUse => false,
    };
    if !is_settled {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Reads a body to its end; false when it is too long or too slow, or breaks off.
async fn discard(mut body: Body) -> bool {
    if body.size_hint().lower() > MAX_DISCARDED_BYTES {
        return false;
    }
    let reading = async {
        let mut left = MAX_DISCARDED_BYTES;
        while let Some(frame) = body.frame().await {
            let length = frame.ok()?.data_ref().map_or(0, |data| data.len() as u64);
            left = left.checked_sub(length)?;
        }
        Some(())
    };
    tokio::time::timeout(MAX_WAIT, reading).await.ok().flatten().is_some()
}

/// Outcome of reading a body.
#[derive(Debug, Default)]
enum State {
    /// Somebody still has it, or it broke.
    #[default]
    InUse,
    /// It was dropped before its end.
    Unread(Body),
    /// It was read to its end.
    Finished,
}

#[derive(Debug, Clone, Default)]
struct Rest(Arc<Mutex<State>>);

impl Rest {
    fn set(&self, state: State) {
        *self.0.lock() = state;
    }

    fn take(&self) -> State {
        std::mem::take(&mut self.0.lock())
    }
}

/// A body that is not lost when its reader drops it.
struct Watched {
    body: Option<Body>,
    rest: Rest,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        match &frame {
            Some(Ok(_)) => {}
            Some(Err(_)) => self.body = None,
            None => {
                self.body = None;
                self.rest.set(State::Finished);
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            self.rest.set(if body.is_end_stream() { State::Finished } else { State::Unread(body) });
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, routing::post};
    use futures::stream;
    use http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    async fn is_closed(request: Request) -> bool {
        let router = Router::new()
            .route("/read", post(|body: String| async move { body.len().to_string() }))
            .route("/refuse", post(|| async { StatusCode::TOO_MANY_REQUESTS }))
            .route(
                "/begin",
                post(|body: Body| async move {
                    drop(body.into_data_stream());
                    StatusCode::FORBIDDEN
                }),
            )
            .layer(middleware::from_fn(settle_request_body));
        let response = router.oneshot(request).await.unwrap();
        response.headers().get(CONNECTION).is_some_and(|value| value == "close")
    }

    fn to(path: &str, body: Body) -> Request {
        Request::post(path).body(body).unwrap()
    }

    fn chunks(count: usize) -> Body {
        Body::from_stream(stream::iter((0..count).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024]))))
    }

    // Case A11.
    #[tokio::test]
    async fn a_body_within_the_bound_keeps_the_connection() {
        for path in ["/read", "/refuse", "/begin", "/nowhere"] {
            assert!(!is_closed(to(path, Body::empty())).await, "{path}");
            assert!(!is_closed(to(path, Body::from("x".repeat(60_000)))).await, "{path}");
            assert!(!is_closed(to(path, chunks(200))).await, "{path}");
        }
    }

    #[tokio::test]
    async fn an_oversized_or_broken_body_closes_the_connection() {
        for path in ["/refuse", "/begin", "/nowhere"] {
            assert!(is_closed(to(path, Body::from(vec![b'x'; 300_000]))).await, "{path}: announced");
            assert!(is_closed(to(path, chunks(300))).await, "{path}: not announced");
            let broken = stream::iter([Ok(vec![b'x']), Err(std::io::Error::other("gone"))]);
            assert!(is_closed(to(path, Body::from_stream(broken))).await, "{path}: broken");
        }
    }

    #[tokio::test]
    async fn a_stalled_body_is_not_awaited_for_long() {
        assert!(
            is_closed(to("/refuse", Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())))
                .await
        );
    }

    #[tokio::test]
    async fn a_body_behind_expect_continue_is_not_requested() {
        let request = Request::post("/refuse").header(EXPECT, "100-continue").body(Body::from("never sent"));
        assert!(is_closed(request.unwrap()).await);
    }
}
