//! The one handler behind every endpoint: JSON in, RPC, JSON out.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{RawPathParams, Request},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use edge::ApiError;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use rpc::{Error, Reason, TraceParent};
use tonic::Status;

use super::{cookies, translate::RequestShape};
use crate::{
    address::Origin,
    api::{Method, TIMEOUT},
    contract::Endpoint,
    json,
};

/// An endpoint with everything that its calls need.
pub(crate) struct Handler {
    method: Arc<Method>,
    request: RequestShape,
    max_body_bytes: usize,
}

impl Handler {
    pub(crate) fn new(endpoint: &Endpoint, method: Arc<Method>, max_body_bytes: usize) -> Self {
        let request = RequestShape::of(endpoint, method.input.clone());
        Self { method, request, max_body_bytes }
    }

    /// Answers one request.
    pub(crate) async fn handle(self: Arc<Self>, path: RawPathParams, request: Request) -> Response {
        let trace = request.extensions().get::<TraceParent>().copied().unwrap_or_else(TraceParent::random);
        match self.answer(&path, request, trace).await {
            Ok(response) => response,
            Err(status) => ApiError::new(status, trace).into_response(),
        }
    }

    async fn answer(
        &self,
        path: &RawPathParams,
        request: Request,
        trace: TraceParent,
    ) -> Result<Response, Status> {
        let (parts, body) = request.into_parts();
        let body = self.body(&parts.headers, body).await?;
        let mut message = self.request.read(path.iter(), parts.uri.query(), &body)?;
        let with_cookies = cookies::wanted(&parts.headers);
        if with_cookies {
            cookies::fill(&mut message, &parts.headers).map_err(Error::from)?;
        }

        let message = message.finish();
        let reply = self.method.call(&message, metadata(&parts.headers, trace)).await?;
        let output = &self.method.output;

        let mut body = Vec::with_capacity(2 * reply.len() + 64);
        let set_cookies = if with_cookies {
            let values = json::write_with_cookies(output, &reply, &mut body).map_err(Error::internal)?;
            let secure = parts.extensions.get::<Origin>().is_some_and(|origin| origin.is_https);
            cookies::set(output, &values, secure)
        } else {
            json::write(output, &reply, None, &mut body).map_err(Error::internal)?;
            HeaderMap::new()
        };
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // A response is for its caller and this moment.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(set_cookies);
        Ok(response)
    }

    async fn body(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Error> {
        let too_large = || {
            let message =
                format!("the body is larger than {} bytes, the limit of this call", self.max_body_bytes);
            Error::new(Reason::BodyTooLarge, message)
        };
        let announced =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > self.max_body_bytes) {
            return Err(too_large());
        }
        let broken = |what: &str| Error::new(Reason::MalformedBody, format!("the body {what}"));
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        let whole = Limited::new(body, self.max_body_bytes).collect();
        // Without a timeout a client that sends byte by byte holds a connection for ever.
        let body =
            tokio::time::timeout(TIMEOUT, whole).await.map_err(|_| broken("did not arrive in time"))?;
        let body =
            body.map_err(
                |error| {
                    if error.is::<LengthLimitError>() { too_large() } else { broken("ended early") }
                },
            )?;
        let body = body.to_bytes();
        if !body.is_empty() && !is_json(headers) {
            return Err(Error::new(
                Reason::UnsupportedMediaType,
                "send the body as content-type: application/json",
            ));
        }
        Ok(body)
    }
}

/// What travels on from the headers of a request: whom the call is for, where they are, and the trace.
fn metadata(headers: &HeaderMap, trace: TraceParent) -> HeaderMap {
    let mut metadata = HeaderMap::with_capacity(8);
    metadata.insert(HeaderName::from_static(TraceParent::HEADER), trace.header());
    for name in [AUTHORIZATION, HeaderName::from_static(rpc::ADDRESS_HEADER)] {
        if let Some(value) = headers.get(&name) {
            metadata.insert(name, value.clone());
        }
    }
    metadata
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
