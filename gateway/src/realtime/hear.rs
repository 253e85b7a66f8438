//! What a client says to its session.

use proto::{
    realtime::v1::{Ack, ClientFrame, Pong, Rejected, Resource, client_frame, server_frame::Kind},
    sync::v1::PlayerStatus,
};
use rpc::{Error, Reason};
use tokio::time::Instant;

use super::{
    Limited,
    frames::{answer, rejected},
    links::Concerns,
    session::{End, REPORT_EVERY, Session, Step},
    socket::{Incoming, Socket, code},
};
use crate::limits::{Caller, Rules, contract::FRAMES};

const TYPING_EVERY_US: i64 = 1_000_000;

impl Session {
    pub(super) async fn hear(&mut self, socket: &mut Socket, incoming: Incoming) -> Step {
        self.heard = Instant::now();
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
        if let Err(wait) = self.frames.take(self.limited.frames, self.heard) {
            let error =
                Error::new(Reason::RateLimited, "too many frames at once on this connection; slow down")
                    .with("limit", FRAMES)
                    .retry_after(wait);
            socket.reject(socket.id_of(&message), error).await?;
            return match self.abuse.take(self.limited.abuse, self.heard) {
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
                if let Err(error) = self.count(|limited| &limited.command) {
                    // It comes with the playback as it is, whoever refuses.
                    let refused = Rejected { state: self.asker.hub.state(), ..rejected(error.into()) };
                    return Ok(socket.send(&answer(id, Kind::Rejected(refused))).await?);
                }
                let taken = self.lanes.commands.push(&self.asker, id.clone(), command);
                Self::refuse_unless(taken, socket, id).await?;
            }
            K::Chat(_) if id.is_empty() => {
                let error = Error::new(
                    Reason::InvalidField,
                    "a chat frame needs an id, so that a repeated frame sends the message only once",
                );
                socket.reject(id, error).await?;
            }
            K::Chat(chat) => {
                if let Err(error) = self.count(|limited| &limited.chat) {
                    return Ok(socket.reject(id, error).await?);
                }
                let request = self.asker.chat(id.clone(), chat);
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
                if let Err(error) = self.count_call() {
                    return Ok(socket.reject(id, error).await?);
                }
                self.observe(observe.resource());
                match observe.resource() {
                    Resource::Members => {
                        Self::done(socket, id).await?;
                        self.tell_members(socket).await?;
                    }
                    Resource::PlaybackInfo => {
                        Self::done(socket, id).await?;
                        self.unlink();
                        self.link(Concerns::One);
                    }
                    resource => {
                        let request = self.asker.observe(id.clone(), resource);
                        let taken = self.lanes.other.push(request);
                        Self::refuse_unless(taken, socket, id).await?;
                    }
                }
            }
            K::Unobserve(unobserve) => {
                self.unobserve(unobserve.resource());
                Self::done(socket, id).await?;
            }
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

    /// Counts a frame that stands for a method, as a call of it over HTTP would be.
    fn count(&self, rules: impl Fn(&Limited) -> &Rules) -> Result<(), Error> {
        self.limited.limits.frame(rules(&self.limited), &self.caller())
    }

    /// Counts a frame that has a service read something.
    fn count_call(&self) -> Result<(), Error> {
        self.limited.limits.call(&Rules::default(), &self.caller())
    }

    fn caller(&self) -> Caller<'_> {
        let local = &self.asker.local;
        Caller { address: local.address, identity: Some(&local.identity), room: &self.asker.hub.room_id }
    }

    pub(super) async fn done(socket: &mut Socket, id: String) -> Step {
        if !id.is_empty() {
            socket.send(&answer(id, Kind::Ack(Ack::default()))).await?;
        }
        Ok(())
    }

    async fn refuse_unless(taken: bool, socket: &mut Socket, id: String) -> Step {
        if !taken {
            let error = Error::new(
                Reason::RateLimited,
                "too many requests are pending on this connection; wait for their answers",
            );
            socket.reject(id, error.retry_after(REPORT_EVERY)).await?;
        }
        Ok(())
    }

    /// Tells the room, at most once a second: it says the same each time.
    fn typing(&mut self, now_us: i64) {
        if self.typed_us.is_some_and(|typed_us| now_us - typed_us < TYPING_EVERY_US) {
            return;
        }
        self.typed_us = Some(now_us);
        let notice = self.asker.typing();
        self.lanes.other.push(notice);
    }

    /// Takes note of the event that a player acts on. A client counts from the first that it says so of.
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
