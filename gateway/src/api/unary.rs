//! Calls unary RPCs by path, with bytes for messages: the tables of the contract know the shapes. The frames of gRPC
//! (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>) are written here, because one message each way
//! needs neither the streams nor the buffers of a generated client.

use std::{pin::pin, time::Duration};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Request, header, uri::PathAndQuery};
use http_body_util::{BodyExt as _, Full};
use rpc::RpcChannel;
use tonic::{Code, Status, body::Body};
use tower::{Service as _, ServiceExt as _};

/// How long a call may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// The flag for compression and the length, before each message.
const PREFIX: usize = 5;

/// The largest reply; as tonic's clients bound it.
const MAX_REPLY: usize = 4 << 20;

/// [`TIMEOUT`] as gRPC writes it.
const GRPC_TIMEOUT: HeaderValue = HeaderValue::from_static("10S");

/// Calls a unary RPC.
pub(super) async fn call(
    channel: &RpcChannel,
    path: PathAndQuery,
    message: &[u8],
    mut metadata: HeaderMap,
) -> Result<Bytes, Status> {
    metadata.insert(header::TE, HeaderValue::from_static("trailers"));
    metadata.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    metadata.insert(HeaderName::from_static("grpc-timeout"), GRPC_TIMEOUT);
    let mut request = Request::new(Body::new(Full::new(framed(message)?)));
    *request.method_mut() = http::Method::POST;
    *request.version_mut() = http::Version::HTTP_2;
    *request.uri_mut() = path.into();
    *request.headers_mut() = metadata;
    // The service gives up at the deadline, and so do we when the network swallows its answer.
    tokio::time::timeout(TIMEOUT, answer(channel, request))
        .await
        .map_err(|_| Status::deadline_exceeded("no answer within the deadline"))?
}

/// Whether a service says that it serves (the gRPC health protocol).
pub(crate) async fn is_serving(channel: RpcChannel) -> anyhow::Result<()> {
    let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
    let reply = call(&channel, path, &[], HeaderMap::new()).await?;
    // HealthCheckResponse{status: SERVING}
    anyhow::ensure!(reply.as_ref() == [0x08, 0x01], "is not serving");
    Ok(())
}

async fn answer(channel: &RpcChannel, request: Request<Body>) -> Result<Bytes, Status> {
    let mut channel = channel.clone();
    channel.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let response = channel.call(request).await.map_err(Status::from_error)?;
    let (head, body) = response.into_parts();
    if let Some(status) = Status::from_header_map(&head.headers) {
        refuse(status)?;
    } else if head.status != http::StatusCode::OK {
        return Err(Status::unavailable(format!("the service answered with {}", head.status)));
    }
    let mut body = pin!(body);
    let (mut reply, mut trailers) = (Bytes::new(), None);
    while let Some(frame) = body.frame().await {
        match frame?.into_data() {
            Ok(data) if reply.is_empty() => reply = data,
            Ok(data) => reply = [reply, data].concat().into(),
            Err(other) => trailers = other.into_trailers().ok(),
        }
        if reply.len() > MAX_REPLY {
            return Err(Status::internal("the reply is too large"));
        }
    }
    refuse(
        trailers
            .as_ref()
            .and_then(Status::from_header_map)
            .unwrap_or_else(|| Status::unavailable("the reply ended early")),
    )?;
    unframed(reply)
}

fn refuse(status: Status) -> Result<(), Status> {
    if status.code() == Code::Ok { Ok(()) } else { Err(status) }
}

fn framed(message: &[u8]) -> Result<Bytes, Status> {
    let length = u32::try_from(message.len()).map_err(|_| Status::internal("the request is too large"))?;
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(length);
    framed.put_slice(message);
    Ok(framed.freeze())
}

/// The one message of a reply, which is not compressed, because we have not said that it may be.
fn unframed(mut reply: Bytes) -> Result<Bytes, Status> {
    let malformed = || Status::internal("the reply is not one message");
    let [0, length @ ..] = *reply.first_chunk::<PREFIX>().ok_or_else(malformed)? else {
        return Err(malformed());
    };
    let message = reply.split_off(PREFIX);
    if usize::try_from(u32::from_be_bytes(length)) != Ok(message.len()) {
        return Err(malformed());
    }
    Ok(message)
}
