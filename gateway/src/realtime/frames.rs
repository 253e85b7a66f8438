//! Frames in both formats. A frame for many sockets is encoded once for each format that is spoken.

use std::sync::OnceLock;

use axum::extract::ws::{Message, Utf8Bytes};
use bytes::Bytes;
use metrics::Counter;
use prost::Message as _;
use proto::{
    codec,
    realtime::v1::{ClientFrame, Rejected, ServerFrame, client_frame, server_frame},
    rules::Checked as _,
};
use rpc::{Error, Reason};
use serde::Deserialize;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::{
    contract::Contract,
    json::{self, MessageType, ReadError, Reader},
};

/// How a socket writes its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text frames, ProtoJSON.
    Json,
    /// Binary frames.
    Proto,
}

impl Format {
    /// By the name of a WebSocket subprotocol.
    pub(crate) fn of_subprotocol(name: &[u8]) -> Option<Self> {
        match name {
            b"syncwatch.v1.json" => Some(Self::Json),
            b"syncwatch.v1.proto" => Some(Self::Proto),
            _ => None,
        }
    }
}

/// A frame that cannot be taken: its id, as far as it can be read, and why.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) id: String,
    pub(crate) status: Status,
}

/// The types of frames in the contract that the gateway serves.
#[derive(Clone)]
pub(crate) struct FrameTypes {
    client: MessageType,
    server: MessageType,
}

impl FrameTypes {
    pub(crate) fn new(contract: &Contract) -> anyhow::Result<Self> {
        Ok(Self {
            client: contract.message("syncwatch.realtime.v1.ClientFrame")?,
            server: contract.message("syncwatch.realtime.v1.ServerFrame")?,
        })
    }
}

/// Reads a text or binary frame and checks it against the rules of the contract.
pub(crate) fn decode(
    types: &FrameTypes,
    format: Format,
    message: &Message,
) -> Result<ClientFrame, Unreadable> {
    let malformed =
        |id: String, what: String| Unreadable { id, status: Error::new(Reason::FrameMalformed, what).into() };
    let frame = match (format, message) {
        (Format::Json, Message::Text(text)) => {
            from_json(&types.client, text).map_err(|what| malformed(id_of(format, message), what))?
        }
        (Format::Proto, Message::Binary(bytes)) => ClientFrame::decode(bytes.as_ref())
            .map_err(|error| malformed(String::new(), format!("the frame is no ClientFrame: {error}")))?,
        (Format::Json, _) => {
            return Err(malformed(String::new(), "this connection speaks JSON in text frames".to_owned()));
        }
        (Format::Proto, _) => {
            return Err(malformed(
                String::new(),
                "this connection speaks protobuf in binary frames".to_owned(),
            ));
        }
    };
    frame.check().map_err(|violations| Unreadable {
        id: frame.id.chars().take(64).collect(),
        status: codec::violations(&violations),
    })?;
    Ok(frame)
}

/// The id of a frame that is not going to be looked at any further; empty when it has none that can be read.
pub(crate) fn id_of(format: Format, message: &Message) -> String {
    #[derive(Deserialize)]
    struct Id {
        #[serde(default)]
        id: String,
    }
    let id = match (format, message) {
        (Format::Json, Message::Text(text)) => serde_json::from_str::<Id>(text).map(|frame| frame.id).ok(),
        (Format::Proto, Message::Binary(bytes)) => {
            ClientFrame::decode(bytes.as_ref()).map(|frame| frame.id).ok()
        }
        _ => None,
    };
    id.filter(|id| id.len() <= 64).unwrap_or_default()
}

fn from_json(frame: &MessageType, text: &str) -> Result<ClientFrame, String> {
    let mut reader = Reader::new(frame);
    reader.json(text.as_bytes()).map_err(|error| match error {
        ReadError::NoObject(what) => format!("the frame is not a JSON object: {what}"),
        ReadError::Field(field, what) => format!("{field}: {what}"),
        ReadError::Contradiction(field) => format!("{field} contradicts itself"),
    })?;
    ClientFrame::decode(reader.finish().as_slice()).map_err(|error| error.to_string())
}

/// A frame on the wire. It is kept encoded, since a room keeps its last frames for sockets that are behind, and as the
/// contract's type each would have 2 KB.
#[derive(Debug)]
pub(crate) struct Encoded {
    proto: Bytes,
    /// Made when a socket of that format first needs it.
    json: OnceLock<Utf8Bytes>,
    /// The type of the message in its embedded field.
    embedded: Option<MessageType>,
    kind: &'static str,
    /// Counts frames of this kind; looked up once for all sockets.
    sent: OnceLock<Counter>,
}

impl Encoded {
    fn new(frame: &ServerFrame, embedded: Option<MessageType>) -> Self {
        let (proto, kind) = (frame.encode_to_vec().into(), server_kind(frame));
        Self { proto, json: OnceLock::new(), embedded, kind, sent: OnceLock::new() }
    }

    /// The frame as a WebSocket message; copies share its bytes.
    pub(crate) fn message(&self, types: &FrameTypes, format: Format) -> Message {
        match format {
            Format::Json => {
                Message::Text(self.json.get_or_init(|| self.to_json(&types.server).into()).clone())
            }
            Format::Proto => Message::Binary(self.proto.clone()),
        }
    }

    fn to_json(&self, frame: &MessageType) -> String {
        let mut text = Vec::with_capacity(2 * self.proto.len() + 64);
        let written = json::write(frame, &self.proto, self.embedded.as_ref(), &mut text).ok();
        written.and_then(|()| String::from_utf8(text).ok()).unwrap_or_else(|| {
            tracing::error!("a frame of the contract cannot be written as JSON");
            String::from("{}")
        })
    }

    /// The snapshot that an update of a resource carries.
    pub(crate) fn snapshot<M: prost::Message + Default>(&self) -> Option<M> {
        match ServerFrame::decode(self.proto.clone()).ok()?.kind? {
            server_frame::Kind::Resource(update) => M::decode(update.snapshot?.as_slice()).ok(),
            _ => None,
        }
    }

    pub(crate) fn count_sent(&self) {
        let sent = self.sent.get_or_init(
            || metrics::counter!("syncwatch_ws_frames_total", "direction" => "out", "kind" => self.kind),
        );
        sent.increment(1);
    }
}

/// A frame with an id.
pub(crate) fn answer(id: impl Into<String>, kind: server_frame::Kind) -> Encoded {
    answer_with(id, kind, None)
}

/// A frame with an id. Its embedded field holds a message of this type.
pub(crate) fn answer_with(
    id: impl Into<String>,
    kind: server_frame::Kind,
    embedded: Option<MessageType>,
) -> Encoded {
    Encoded::new(&ServerFrame { id: id.into(), kind: Some(kind) }, embedded)
}

/// A frame that answers nothing.
pub(crate) fn unasked(kind: server_frame::Kind) -> Encoded {
    answer("", kind)
}

/// Why something was not done, as its `rejected` says it.
pub(crate) fn rejected(status: &Status) -> Rejected {
    let status = rpc::relay(status);
    let info = status.get_details_error_info();
    let retry_after = status.get_details_retry_info().and_then(|info| info.retry_delay).unwrap_or_default();
    Rejected {
        reason: info.as_ref().map(|info| info.reason.clone()).unwrap_or_default(),
        message: status.message().to_owned(),
        metadata: info.map(|info| info.metadata).unwrap_or_default(),
        state: None,
        // Rounded up: a client that comes back too early is refused again.
        retry_after_ms: i64::try_from(retry_after.as_micros().div_ceil(1000)).unwrap_or(i64::MAX),
    }
}

/// Names of frames for metrics.
pub(crate) fn client_kind(frame: &ClientFrame) -> &'static str {
    use client_frame::Kind as K;
    match &frame.kind {
        Some(K::Hello(_)) => "hello",
        Some(K::Ping(_)) => "ping",
        Some(K::Command(_)) => "command",
        Some(K::Report(_)) => "report",
        Some(K::Call(_)) => "call",
        Some(K::Typing(_)) => "typing",
        Some(K::Observe(_)) => "observe",
        Some(K::Unobserve(_)) => "unobserve",
        Some(K::Bye(_)) => "bye",
        Some(K::Signal(_)) => "signal",
        None => "unknown",
    }
}

fn server_kind(frame: &ServerFrame) -> &'static str {
    use server_frame::Kind as K;
    match &frame.kind {
        Some(K::Welcome(_)) => "welcome",
        Some(K::Pong(_)) => "pong",
        Some(K::Event(_)) => "event",
        Some(K::Ack(_)) => "ack",
        Some(K::Rejected(_)) => "rejected",
        Some(K::Resource(_)) => "resource",
        Some(K::Resync(_)) => "resync",
        Some(K::Typing(_)) => "typing",
        Some(K::Notice(_)) => "notice",
        Some(K::Signal(_)) => "signal",
        None => "unknown",
    }
}
