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
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
    uri::PathAndQuery,
};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use rpc::{Error, Reason, RpcChannel, TraceParent};
use tonic::Status;

use super::{
    TIMEOUT, call, cookies,
    headers::Origin,
    routes::Endpoint,
    translate::{self, RequestShape, refusal},
};
use crate::json::{self, MessageId};

/// An endpoint, with all that its calls need worked out.
pub(crate) struct Handler {
    channel: RpcChannel,
    rpc_path: PathAndQuery,
    request: RequestShape,
    reply: MessageId,
    max_body_bytes: usize,
}

impl Handler {
    pub(crate) fn new(
        endpoint: &Endpoint,
        channel: RpcChannel,
        max_body_bytes: usize,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            channel,
            rpc_path: endpoint.rpc_path().parse()?,
            request: RequestShape::of(endpoint)?,
            reply: translate::message(&endpoint.rpc.output())?,
            max_body_bytes,
        })
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
            cookies::fill(&mut message, &parts.headers).map_err(refusal)?;
        }

        let message = message.finish();
        let reply =
            call::unary(&self.channel, self.rpc_path.clone(), &message, &parts.headers, trace).await?;

        let mut body = Vec::with_capacity(2 * reply.len() + 64);
        let set_cookies = if with_cookies {
            let values = json::write_with_cookies(self.reply, &reply, &mut body).map_err(Error::internal)?;
            let secure = parts.extensions.get::<Origin>().is_some_and(|origin| origin.is_https);
            cookies::set(self.reply, &values, secure)
        } else {
            json::write(self.reply, &reply, &mut body).map_err(Error::internal)?;
            HeaderMap::new()
        };
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // What an API call says is for its caller and for now.
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
        // Whoever sends a body byte by byte would hold a connection for ever.
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

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
