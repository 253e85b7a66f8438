//! Frames from the client.

use proto::{
    realtime::v1::{
        Ack, Call, ClientFrame, Pong, Rejected, Resource as Known, client_frame, server_frame::Kind,
    },
    sync::v1::PlayerStatus,
};
use rpc::{Error, Reason};
use tokio::time::Instant;

use super::{
    frames::{Format, answer, rejected},
    session::{End, REPORT_EVERY, Session, Step},
    socket::{Incoming, Socket, code},
};
use crate::limits::{Caller, Rules, contract::FRAMES};

const TYPING_EVERY_US: i64 = 1_000_000;

impl Session {
    pub(super) async fn receive(&mut self, socket: &mut Socket, incoming: Incoming) -> Step {
        self.received_at = Instant::now();
        let (message, received_us) = match incoming {
            Incoming::Message(message, received_us) => (message, received_us),
            Incoming::Alive => return Ok(()),
            Incoming::Gone => return Err(End::Gone),
            Incoming::Broken(code) => return Err(End::Close(code, "no valid WebSocket frame")),
            Incoming::TooLarge => {
                socket.reject_too_large().await?;
                return Err(End::Close(code::TOO_LARGE, "frame too large"));
            }
        };
        if let Err(wait) = self.frames.take(self.admission.frames, self.received_at) {
            let error =
                Error::new(Reason::RateLimited, "too many frames at once on this connection; slow down")
                    .with("limit", FRAMES)
                    .retry_after(wait);
            socket.reject(socket.id_of(&message), error).await?;
            return match self.abuse.take(self.admission.abuse, self.received_at) {
                Ok(()) => Ok(()),
                Err(_) => Err(End::Close(code::POLICY, "too many frames")),
            };
        }
        match socket.decode(&message) {
            Ok(ClientFrame { id, kind: Some(kind) }) => self.frame(socket, id, kind, received_us).await,
            Ok(ClientFrame { id, kind: None }) => {
                Ok(socket.reject(id, Error::new(Reason::FrameMalformed, "the frame has no content")).await?)
            }
            Err(unreadable) => Ok(socket.reject(unreadable.id, unreadable.status).await?),
        }
    }

    async fn frame(
        &mut self,
        socket: &mut Socket,
        id: String,
        kind: client_frame::Kind,
        received_us: i64,
    ) -> Step {
        use client_frame::Kind as K;
        match kind {
            K::Ping(ping) => {
                let answered = Pong {
                    client_send_us: ping.client_send_us,
                    server_receive_us: received_us,
                    server_send_us: self.clock.now_us(),
                };
                socket.send(&answer(id, Kind::Pong(answered))).await?;
            }
            K::Command(command) => {
                let id = if id.is_empty() { command.id.clone() } else { id };
                let admission = &self.admission;
                if let Err(error) = admission.limits.frame(&admission.command, &self.caller()) {
                    // Every refusal of a command carries the playback as it is.
                    let refused = Rejected { state: self.calls.hub.state(), ..rejected(&error.into()) };
                    return Ok(socket.send(&answer(id, Kind::Rejected(refused))).await?);
                }
                let taken = self.lanes.commands.push(&self.calls, id.clone(), command);
                Self::refuse_unless(taken, socket, id).await?;
            }
            K::Call(call) => {
                if let Err(error) = self.call(&id, call, socket.format) {
                    socket.reject(id, error).await?;
                }
            }
            K::Signal(signal) => {
                let request = self.calls.signal(id.clone(), signal);
                let taken = self.lanes.other.push(request);
                Self::refuse_unless(taken, socket, id).await?;
            }
            K::Report(status) => {
                self.acknowledge(&status, received_us);
                self.report = Some(status);
                Self::done(socket, id).await?;
            }
            K::Typing(_) => {
                self.typing(received_us);
                Self::done(socket, id).await?;
            }
            K::Observe(observe) => {
                let number = observe.resource;
                if let Err(error) = self.count_call().and_then(|()| self.observe(number)) {
                    return Ok(socket.reject(id, error).await?);
                }
                if number == i32::from(Known::PlaybackInfo) {
                    // To observe it anew is to ask for a new link.
                    self.unlink();
                }
                self.begin(socket, id, number).await?;
            }
            K::Unobserve(unobserve) => match self.unobserve(unobserve.resource) {
                Ok(()) => Self::done(socket, id).await?,
                Err(error) => socket.reject(id, error).await?,
            },
            K::Hello(_) => {
                socket
                    .reject(
                        id,
                        Error::new(Reason::HelloExpected, "hello must be sent once, as the first frame"),
                    )
                    .await?;
            }
            K::Bye(_) => {
                Self::done(socket, id).await?;
                return Err(End::Close(code::NORMAL, "bye"));
            }
        }
        Ok(())
    }

    /// Calls an RPC for the client, with the limits of an HTTP call.
    fn call(&mut self, id: &str, call: Call, format: Format) -> Result<(), Error> {
        if id.is_empty() {
            return Err(Error::new(Reason::InvalidField, "a call needs an id, which its answer repeats"));
        }
        let name = call.method;
        let method = self.admission.api.get(&name).cloned().ok_or_else(|| {
            Error::new(Reason::NoSuchRoute, format!("there is no method {name:?} that clients may call"))
        })?;
        let body = call.body.unwrap_or_default();
        let request = match format {
            Format::Json => method.read(&body)?,
            Format::Proto => body,
        };
        let caller = Caller { room: method.room_of(&request), ..self.caller() };
        self.admission.limits.call(&method.rules, &caller)?;
        let service = method.service;
        let request = self.calls.call(id.to_owned(), method, request);
        if self.lanes.calls.push(service, request) { Ok(()) } else { Err(too_many_pending()) }
    }

    /// Counts a frame that makes a service read something.
    fn count_call(&self) -> Result<(), Error> {
        self.admission.limits.call(&Rules::default(), &self.caller())
    }

    fn caller(&self) -> Caller<'_> {
        let local = &self.calls.local;
        Caller { address: local.address, identity: Some(&local.identity), room: &self.calls.hub.room_id }
    }

    pub(super) async fn done(socket: &mut Socket, id: String) -> Step {
        if !id.is_empty() {
            socket.send(&answer(id, Kind::Ack(Ack::default()))).await?;
        }
        Ok(())
    }

    pub(super) async fn refuse_unless(taken: bool, socket: &mut Socket, id: String) -> Step {
        if !taken {
            socket.reject(id, too_many_pending()).await?;
        }
        Ok(())
    }

    /// Tells the room that this person types, at most once a second.
    fn typing(&mut self, now_us: i64) {
        if self.typed_us.is_some_and(|typed_us| now_us - typed_us < TYPING_EVERY_US) {
            return;
        }
        self.typed_us = Some(now_us);
        let notice = self.calls.typing();
        self.lanes.other.push(notice);
    }

    /// Takes note of the event that a player acts on. A player counts from its first report with `applied_seq`.
    fn acknowledge(&mut self, status: &PlayerStatus, now_us: i64) {
        if status.applied_seq == 0 {
            return;
        }
        let hub = &self.attachment.hub;
        match &mut self.applied {
            Some((before, _)) if *before < status.applied_seq => {
                hub.acknowledge(*before, status.applied_seq, status.applied_us, now_us);
                *before = status.applied_seq;
            }
            Some(_) => {}
            None => self.applied = Some((status.applied_seq, hub.count_player())),
        }
    }
}

fn too_many_pending() -> Error {
    let message = "too many requests are pending on this connection; wait for their answers";
    Error::new(Reason::RateLimited, message).retry_after(REPORT_EVERY)
}
