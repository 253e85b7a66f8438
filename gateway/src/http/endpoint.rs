//! The one handler behind every endpoint: JSON in, RPC, JSON out.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{RawPathParams, Request},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
    uri::PathAndQuery,
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use rpc::{Error, Reason, RpcChannel, TraceParent};
use tonic::Status;

use super::{
    TIMEOUT, call,
    cookies::{self, CookieField},
    error::ApiError,
    headers::Origin,
    routes::Endpoint,
    translate,
};

/// An endpoint, with all that its calls need worked out.
pub(crate) struct Handler {
    endpoint: Endpoint,
    channel: RpcChannel,
    rpc_path: PathAndQuery,
    request_cookies: Vec<CookieField>,
    reply_cookies: Vec<CookieField>,
    max_body_bytes: usize,
}

impl Handler {
    pub(crate) fn new(
        endpoint: Endpoint,
        channel: RpcChannel,
        max_body_bytes: usize,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            rpc_path: endpoint.rpc_path().parse()?,
            request_cookies: CookieField::all(&endpoint.rpc.input()),
            reply_cookies: CookieField::all(&endpoint.rpc.output()),
            endpoint,
            channel,
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
        let path: Vec<_> = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut message = translate::request(&self.endpoint, &path, parts.uri.query(), &body)?;
        let with_cookies = cookies::wanted(&parts.headers);
        if with_cookies {
            cookies::fill(&mut message, &self.request_cookies, &parts.headers);
        }

        let message = Bytes::from(message.encode_to_vec());
        let reply = call::unary(&self.channel, self.rpc_path.clone(), message, &parts.headers, trace).await?;

        let mut reply = DynamicMessage::decode(self.endpoint.rpc.output(), reply).map_err(Error::internal)?;
        let set_cookies = if with_cookies {
            let secure = parts.extensions.get::<Origin>().is_some_and(|origin| origin.is_https);
            cookies::take(&mut reply, &self.reply_cookies, secure)
        } else {
            HeaderMap::new()
        };
        let mut response = (StatusCode::OK, translate::reply(&reply)?).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // What an API call says is for its caller and for now.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(set_cookies);
        Ok(response)
    }

    async fn body(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Error> {
        let too_large = || {
            let message = format!(
                "the body is larger than {} bytes, which is what this call takes",
                self.max_body_bytes
            );
            Error::new(Reason::BodyTooLarge, message)
        };
        let announced =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > self.max_body_bytes) {
            return Err(too_large());
        }
        let broken = |what: &str| Error::new(Reason::MalformedBody, format!("the body {what}"));
        let whole = Limited::new(body, self.max_body_bytes).collect();
        // Whoever sends a body byte by byte would hold a connection for ever.
        let body = tokio::time::timeout(TIMEOUT, whole).await.map_err(|_| broken("did not come in time"))?;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() { too_large() } else { broken("broke off before its end") }
        })?;
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
