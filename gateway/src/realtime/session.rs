//! One socket from its `hello` to its end. One task, no queue of deliveries: what the room says is read from the hub
//! with a cursor.

use std::{sync::Arc, time::Duration};

use proto::{
    common::v1::Identity,
    realtime::v1::{
        Ack, ClientFrame, Notice, Pong, Resource, Resync, Shutdown, TypingNotice, client_frame, notice,
        server_frame::Kind,
    },
    room::v1::GetAccessResponse,
    sync::v1::PlayerStatus,
};
use rand::Rng as _;
use rpc::{Error, Reason};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::{
    Realtime, Slot,
    clock::ClusterClock,
    feed::closed,
    frames::{answer, unasked},
    hub::{Audience, Entry},
    hubs::Attachment,
    lanes::{Lanes, Outcome},
    mirror::Position,
    observe::Observed,
    opening,
    requests::Asker,
    socket::{Gone, Incoming, Socket, code},
};
use crate::bucket::{Bucket, Rate};

const PING_EVERY: Duration = Duration::from_secs(30);
const IDLE: Duration = Duration::from_secs(90);
const REPORT_EVERY: Duration = Duration::from_secs(1);
const LAST_ANSWERS: Duration = Duration::from_secs(2);
const TYPING_EVERY_US: i64 = 1_000_000;
/// When a server stops, its clients come back spread over this time.
const RECONNECT_MS: std::ops::Range<i64> = 500..5000;

/// Who was let in, and to what.
pub(crate) struct Admitted {
    pub(crate) identity: Identity,
    pub(crate) access: GetAccessResponse,
}

/// How a conversation ends.
pub(crate) enum End {
    /// There is nobody to say it to.
    Gone,
    /// With a code and a word.
    Close(u16, &'static str),
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

type Step = Result<(), End>;

/// Runs a socket that has just been opened.
pub(crate) async fn run(realtime: Arc<Realtime>, mut socket: Socket, admitted: Admitted, slot: Slot) {
    // The opening needs much memory once, the rest little for long.
    let end = match Box::pin(opening::open(&realtime, &mut socket, admitted)).await {
        Ok(opened) => {
            let mut session = Session::new(&realtime, opened);
            let end = session.talk(&mut socket).await.err().unwrap_or(End::Gone);
            let Session { asker, attachment, .. } = session;
            // Gone for others first, however long the goodbye takes.
            drop(attachment);
            Box::pin(asker.leave()).await;
            end
        }
        Err(end) => end,
    };
    if let End::Close(code, reason) = end {
        socket.close(code, reason).await;
    }
    drop(slot);
}

/// What an opening leads to.
pub(crate) struct Opened {
    pub(crate) asker: Arc<Asker>,
    pub(crate) attachment: Attachment,
    pub(crate) position: Position,
    pub(crate) observe: Vec<Resource>,
}

struct Session {
    asker: Arc<Asker>,
    attachment: Attachment,
    lanes: Lanes,
    observed: Observed,
    position: Position,
    clock: ClusterClock,
    stopping: watch::Receiver<bool>,
    rates: (Rate, Rate),
    frames: Bucket,
    abuse: Bucket,
    report: Option<PlayerStatus>,
    reported: Option<(PlayerStatus, Instant)>,
    typed_us: Option<i64>,
    heard: Instant,
    pinged: Instant,
}

impl Session {
    fn new(realtime: &Realtime, opened: Opened) -> Self {
        let now = Instant::now();
        let now_us = realtime.clock.local_us();
        let mut session = Self {
            asker: opened.asker,
            attachment: opened.attachment,
            lanes: Lanes::default(),
            observed: Observed::default(),
            position: opened.position,
            clock: realtime.clock.clone(),
            stopping: realtime.stopping.subscribe(),
            rates: (realtime.frame_rate, realtime.abuse_rate),
            frames: Bucket::full(realtime.frame_rate, now_us),
            abuse: Bucket::full(realtime.abuse_rate, now_us),
            report: None,
            reported: None,
            typed_us: None,
            heard: now,
            pinged: now,
        };
        for resource in opened.observe {
            session.observed.add(resource);
            session.read_anew(resource);
        }
        session
    }

    async fn talk(&mut self, socket: &mut Socket) -> Step {
        if self.observed.has(Resource::Members) {
            socket.send(&self.attachment.members()).await?;
        }
        loop {
            let due = self.due();
            tokio::select! {
                // Pings before all else: their answers are measured.
                biased;
                incoming = socket.receive() => self.hear(socket, incoming).await?,
                outcome = self.lanes.next() => Self::settle(socket, outcome).await?,
                () = self.attachment.changed() => self.deliver(socket).await?,
                () = stopped(&mut self.stopping) => return self.stop(socket).await,
                () = sleep_until(due) => self.tick(socket).await?,
            }
            self.send_report();
        }
    }

    async fn hear(&mut self, socket: &mut Socket, incoming: Incoming) -> Step {
        self.heard = Instant::now();
        let (message, received_us) = match incoming {
            Incoming::Message(message, received_us) => (message, received_us),
            Incoming::Alive => return Ok(()),
            Incoming::Gone => return Err(End::Gone),
            Incoming::TooLarge => {
                socket.reject_too_large().await?;
                return Err(End::Close(code::TOO_LARGE, "frame too large"));
            }
        };
        let now_us = self.clock.local_us();
        let (rate, abuse_rate) = self.rates;
        if let Err(delay) = self.frames.take(rate, now_us) {
            let error =
                Error::new(Reason::RateLimited, "too many frames at once; slow down").retry_after(delay);
            socket.reject(socket.id_of(&message), error).await?;
            return match self.abuse.take(abuse_rate, now_us) {
                Ok(()) => Ok(()),
                Err(_) => Err(End::Close(code::POLICY, "too many frames")),
            };
        }
        match socket.decode(&message) {
            Ok(ClientFrame { id, kind: Some(kind) }) => self.frame(socket, id, kind, received_us).await,
            Ok(ClientFrame { id, kind: None }) => {
                Ok(socket.reject(id, Error::new(Reason::FrameMalformed, "the frame says nothing")).await?)
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
                let request = self.asker.command(id.clone(), command);
                let taken = self.lanes.playback.push(request);
                Self::refuse_unless(taken, socket, id).await?;
            }
            K::Chat(_) if id.is_empty() => {
                let error = Error::new(
                    Reason::InvalidField,
                    "a chat frame needs an id, by which the message is sent only once",
                );
                socket.reject(id, error).await?;
            }
            K::Chat(chat) => {
                let request = self.asker.chat(id.clone(), chat);
                let taken = self.lanes.other.push(request);
                Self::refuse_unless(taken, socket, id).await?;
            }
            K::Report(status) => {
                self.report = Some(status);
                Self::done(socket, id).await?;
            }
            K::Typing(_) => {
                self.typing(received_us);
                Self::done(socket, id).await?;
            }
            K::Observe(observe) => {
                self.observed.add(observe.resource());
                if observe.resource() == Resource::Members {
                    Self::done(socket, id).await?;
                    socket.send(&self.attachment.members()).await?;
                } else {
                    let request = self.asker.observe(id.clone(), observe.resource());
                    let taken = self.lanes.other.push(request);
                    Self::refuse_unless(taken, socket, id).await?;
                }
            }
            K::Unobserve(unobserve) => {
                self.observed.remove(unobserve.resource());
                Self::done(socket, id).await?;
            }
            K::Hello(_) => {
                socket
                    .reject(id, Error::new(Reason::HelloExpected, "hello comes once, as the first frame"))
                    .await?;
            }
            K::Bye(_) => {
                Self::done(socket, id).await?;
                return Err(End::Close(code::NORMAL, "bye"));
            }
        }
        Ok(())
    }

    async fn done(socket: &mut Socket, id: String) -> Step {
        if !id.is_empty() {
            socket.send(&answer(id, Kind::Ack(Ack::default()))).await?;
        }
        Ok(())
    }

    async fn refuse_unless(taken: bool, socket: &mut Socket, id: String) -> Step {
        if !taken {
            let error = Error::new(
                Reason::RateLimited,
                "too many requests wait on this connection; wait for their answers",
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
        let local = &self.asker.local;
        let notice = TypingNotice {
            subject_id: local.identity.subject_id.clone(),
            display_name: local.identity.display_name.clone(),
        };
        let audience = Audience::Typing { session_id: local.session.id.clone() };
        self.attachment.hub.tell(Entry::new(audience, Kind::Typing(notice)));
    }

    async fn settle(socket: &mut Socket, outcome: Outcome) -> Step {
        for frame in &outcome.frames {
            socket.feed(frame).await?;
        }
        socket.flush().await?;
        if !outcome.closed {
            return Ok(());
        }
        socket.send(&unasked(closed("NOT_A_MEMBER", "you are no member of this room any more"))).await?;
        Err(End::Close(code::POLICY, "not a member"))
    }

    async fn deliver(&mut self, socket: &mut Socket) -> Step {
        let Ok(entries) = self.attachment.read() else { return self.resync(socket).await };
        for entry in entries {
            if self.wants(&entry)
                && let Some(frame) = &entry.frame
            {
                socket.feed(frame).await?;
            }
            if entry.audience == Audience::Closed {
                socket.flush().await?;
                return Err(End::Close(code::NORMAL, "room closed"));
            }
        }
        Ok(socket.flush().await?)
    }

    /// Whether an entry is for this socket, and what it means to it.
    fn wants(&mut self, entry: &Entry) -> bool {
        let local = &self.asker.local;
        match &entry.audience {
            Audience::Playback(position) => {
                let is_news = *position > self.position;
                self.position = self.position.max(*position);
                is_news && self.observed.has(Resource::Playback)
            }
            Audience::Resync(position) => {
                self.position = *position;
                true
            }
            Audience::Settings => self.observed.has(Resource::Settings),
            Audience::Members { gone } => {
                if gone.contains(&local.session.id) {
                    let rejoin = self.asker.rejoin();
                    self.lanes.other.push(rejoin);
                }
                self.observed.has(Resource::Members)
            }
            Audience::Playlist => self.observed.has(Resource::Playlist),
            Audience::Chat => self.observed.has(Resource::Chat),
            Audience::Typing { session_id } => {
                self.observed.has(Resource::Chat) && *session_id != local.session.id
            }
            Audience::Left { subject_id } => {
                if *subject_id == local.identity.subject_id {
                    let check = self.asker.check_membership();
                    self.lanes.other.push(check);
                }
                false
            }
            Audience::Closed => true,
        }
    }

    /// Starts anew, for a socket that fell behind.
    async fn resync(&mut self, socket: &mut Socket) -> Step {
        let snapshot = self.attachment.resync();
        self.position = Position::of(snapshot.state.as_ref());
        socket.feed(&unasked(Kind::Resync(Resync { snapshot: Some(snapshot) }))).await?;
        if self.observed.has(Resource::Members) {
            socket.feed(&self.attachment.members()).await?;
        }
        // Chat the client reads itself, from the last message it has.
        for resource in [Resource::Settings, Resource::Playlist] {
            if self.observed.has(resource) {
                self.read_anew(resource);
            }
        }
        Ok(socket.flush().await?)
    }

    fn read_anew(&mut self, resource: Resource) {
        if !matches!(resource, Resource::Members | Resource::Playback) {
            let request = self.asker.observe(String::new(), resource);
            self.lanes.other.push(request);
        }
    }

    /// Hands the last report on: at once when the player does something else, once a second otherwise.
    fn send_report(&mut self) {
        let now = Instant::now();
        if self.lanes.is_reporting() || self.report_due(now).is_none_or(|due| now < due) {
            return;
        }
        let Some(status) = self.report.take() else { return };
        self.reported = Some((status.clone(), now));
        let request = self.asker.report(status);
        self.lanes.report.push(request);
    }

    fn report_due(&self, now: Instant) -> Option<Instant> {
        let report = self.report.as_ref()?;
        Some(match &self.reported {
            Some((last, at)) if last.state == report.state && last.item_id == report.item_id => {
                *at + REPORT_EVERY
            }
            _ => now,
        })
    }

    /// When there is something to do though nothing happens.
    fn due(&self) -> Instant {
        let due = (self.pinged + PING_EVERY).min(self.heard + IDLE);
        // One that is under way wakes the task when it is done.
        let report = self.report_due(Instant::now()).filter(|_| !self.lanes.is_reporting());
        report.map_or(due, |report| report.min(due))
    }

    async fn tick(&mut self, socket: &mut Socket) -> Step {
        let now = Instant::now();
        if now >= self.heard + IDLE {
            return Err(End::Close(code::AWAY, "silent for too long"));
        }
        if now >= self.pinged + PING_EVERY {
            self.pinged = now;
            socket.ping().await?;
        }
        Ok(())
    }

    async fn stop(&mut self, socket: &mut Socket) -> Step {
        // What was asked for is still answered, as far as it does not take long.
        let _ = timeout(LAST_ANSWERS, async {
            while !self.lanes.are_idle() {
                let outcome = self.lanes.next().await;
                Self::settle(socket, outcome).await?;
            }
            Ok::<_, End>(())
        })
        .await;
        let reconnect_after_ms = rand::thread_rng().gen_range(RECONNECT_MS);
        let notice = Notice { kind: Some(notice::Kind::Shutdown(Shutdown { reconnect_after_ms })) };
        socket.send(&unasked(Kind::Notice(notice))).await?;
        Err(End::Close(code::RESTART, "server stops"))
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // The gateway that would tell has gone: that is an end too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
