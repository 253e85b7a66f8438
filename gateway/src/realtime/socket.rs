//! A WebSocket with frames in one format. It buffers little, and gives up a client that does not read.

use std::{borrow::Cow, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::SinkExt as _;
use proto::realtime::v1::ClientFrame;
use rpc::{Error, Reason};
use tokio::time::timeout;

use super::{
    clock::ClusterClock,
    frames::{Encoded, Format, FrameTypes, Unreadable, answer, client_kind, decode, id_of, rejected},
};
use proto::realtime::v1::server_frame::Kind;

/// How long a client may take to read what is sent.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);

/// Close codes (RFC 6455, 7.4.1, and the IANA registry).
pub(crate) mod code {
    pub(crate) const NORMAL: u16 = 1000;
    pub(crate) const AWAY: u16 = 1001;
    pub(crate) const PROTOCOL: u16 = 1002;
    pub(crate) const NOT_UTF8: u16 = 1007;
    pub(crate) const POLICY: u16 = 1008;
    pub(crate) const TOO_LARGE: u16 = 1009;
    pub(crate) const ERROR: u16 = 1011;
    pub(crate) const RESTART: u16 = 1012;
}

/// The connection is gone.
#[derive(Debug)]
pub(crate) struct Gone;

/// What came from the client.
pub(crate) enum Incoming {
    /// A text or binary message, not decoded, and when it came on the cluster clock.
    Message(Message, i64),
    /// A ping or a pong.
    Alive,
    /// A frame above the limit.
    TooLarge,
    /// A violation of the WebSocket protocol, and the code to close with.
    Broken(u16),
    /// The connection ended.
    Gone,
}

/// axum hides the type of tungstenite's errors, so their texts are matched; tests hold these texts.
fn broken(error: &axum::Error) -> Incoming {
    let text = error.to_string();
    let is_protocol = text.starts_with("WebSocket protocol error");
    match () {
        () if text.starts_with("Space limit exceeded") => Incoming::TooLarge,
        () if text.starts_with("UTF-8 encoding error") => Incoming::Broken(code::NOT_UTF8),
        // A connection that breaks off ends without the closing handshake.
        () if is_protocol && !text.contains("without closing handshake") => Incoming::Broken(code::PROTOCOL),
        () => Incoming::Gone,
    }
}

pub(crate) struct Socket {
    inner: WebSocket,
    pub(crate) format: Format,
    types: FrameTypes,
    clock: ClusterClock,
    max_frame_bytes: usize,
}

impl Socket {
    pub(crate) fn new(
        inner: WebSocket,
        format: Format,
        types: FrameTypes,
        clock: ClusterClock,
        max_frame_bytes: usize,
    ) -> Self {
        Self { inner, format, types, clock, max_frame_bytes }
    }

    /// Waits for the next frame. Cancel-safe.
    pub(crate) async fn receive(&mut self) -> Incoming {
        let message = self.inner.recv().await;
        // Read the clock first: clients measure it with pings.
        let now_us = self.clock.now_us();
        match message {
            Some(Ok(Message::Text(text))) if text.len() > self.max_frame_bytes => Incoming::TooLarge,
            Some(Ok(Message::Binary(bytes))) if bytes.len() > self.max_frame_bytes => Incoming::TooLarge,
            Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => Incoming::Message(message, now_us),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Incoming::Alive,
            Some(Err(error)) => broken(&error),
            Some(Ok(Message::Close(_))) | None => Incoming::Gone,
        }
    }

    pub(crate) fn decode(&self, message: &Message) -> Result<ClientFrame, Unreadable> {
        let frame = decode(&self.types, self.format, message);
        let kind = frame.as_ref().map_or("unreadable", client_kind);
        metrics::counter!("syncwatch_ws_frames_total", "direction" => "in", "kind" => kind).increment(1);
        frame
    }

    pub(crate) fn id_of(&self, message: &Message) -> String {
        id_of(self.format, message)
    }

    /// Writes a frame into the buffer.
    pub(crate) async fn feed(&mut self, frame: &Encoded) -> Result<(), Gone> {
        frame.count_sent();
        self.write(frame.message(&self.types, self.format)).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Gone> {
        timeout(WRITE_TIMEOUT, self.inner.feed(message)).await.map_err(|_| Gone)?.map_err(|_| Gone)
    }

    /// Sends the buffer.
    pub(crate) async fn flush(&mut self) -> Result<(), Gone> {
        timeout(WRITE_TIMEOUT, self.inner.flush()).await.map_err(|_| Gone)?.map_err(|_| Gone)
    }

    /// Sends a frame at once.
    pub(crate) async fn send(&mut self, frame: &Encoded) -> Result<(), Gone> {
        self.feed(frame).await?;
        self.flush().await
    }

    pub(crate) async fn reject(
        &mut self,
        id: impl Into<String>,
        error: impl Into<tonic::Status>,
    ) -> Result<(), Gone> {
        self.send(&answer(id, Kind::Rejected(rejected(&error.into())))).await
    }

    pub(crate) async fn reject_too_large(&mut self) -> Result<(), Gone> {
        let message = format!("a frame may have at most {} bytes; send less at a time", self.max_frame_bytes);
        self.reject("", Error::new(Reason::FrameTooLarge, message)).await
    }

    pub(crate) async fn ping(&mut self) -> Result<(), Gone> {
        self.write(Message::Ping(bytes::Bytes::new())).await?;
        self.flush().await
    }

    /// Closes the connection and waits a moment for the client to do the same.
    pub(crate) async fn close(mut self, code: u16, reason: impl Into<Cow<'static, str>>) {
        let goodbye = Message::Close(Some(CloseFrame { code, reason: reason.into().as_ref().into() }));
        let _ = timeout(Duration::from_secs(2), async {
            self.inner.send(goodbye).await?;
            while let Some(Ok(message)) = self.inner.recv().await {
                if matches!(message, Message::Close(_)) {
                    break;
                }
            }
            Ok::<_, axum::Error>(())
        })
        .await;
    }
}
