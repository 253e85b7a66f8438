//! Calls RPCs by name, with bytes for messages: the descriptors know the shapes.

use bytes::{Buf as _, BufMut as _, Bytes};
use http::{HeaderMap, header::AUTHORIZATION, uri::PathAndQuery};
use rpc::{RpcChannel, TraceParent};
use tonic::{
    Request, Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

use super::TIMEOUT;

/// Calls a unary RPC for whoever sent `headers`. Only what the contract names travels on: whom the call is for, its
/// where they are, its trace and its deadline.
pub(crate) async fn unary(
    channel: &RpcChannel,
    path: PathAndQuery,
    message: Bytes,
    headers: &HeaderMap,
    trace: TraceParent,
) -> Result<Bytes, Status> {
    let mut request = Request::new(message);
    request.set_timeout(TIMEOUT);
    let mut metadata = std::mem::take(request.metadata_mut()).into_headers();
    if let Some(authorization) = headers.get(AUTHORIZATION) {
        metadata.insert(AUTHORIZATION, authorization.clone());
    }
    if let Some(address) = headers.get(rpc::ADDRESS_HEADER) {
        metadata.insert(rpc::ADDRESS_HEADER, address.clone());
    }
    if let Ok(trace) = trace.to_string().try_into() {
        metadata.insert(TraceParent::HEADER, trace);
    }
    *request.metadata_mut() = tonic::metadata::MetadataMap::from_headers(metadata);

    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    // The service gives up at the deadline, and so do we when the network swallows its answer.
    tokio::time::timeout(TIMEOUT, client.unary(request, path, BytesCodec))
        .await
        .map_err(|_| Status::deadline_exceeded("no answer within the deadline"))?
        .map(tonic::Response::into_inner)
}

/// Whether a service says that it serves (the gRPC health protocol).
pub(crate) async fn is_serving(channel: RpcChannel) -> anyhow::Result<()> {
    let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
    let reply = unary(&channel, path, Bytes::new(), &HeaderMap::new(), TraceParent::random()).await?;
    // HealthCheckResponse{status: SERVING}
    anyhow::ensure!(reply.as_ref() == [0x08, 0x01], "is not serving");
    Ok(())
}

/// Messages as they are.
#[derive(Debug, Clone, Copy, Default)]
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
