//! Feeds a hub from the one stream that the gateway has of its room.

use std::{
    collections::{BTreeSet, VecDeque},
    future::pending,
    sync::Arc,
    time::Duration,
};

use futures::future::BoxFuture;
use prost::Message as _;
use proto::{
    realtime::v1::{Resource as Known, Resync, SignalNotice, TypingNotice, server_frame},
    room::v1::RoomEvent,
    sync::v1::{
        Aside, PresenceChange, SessionStatus, Snapshot, SubscribeRequest, SubscribeResponse, aside,
        presence_change, subscribe_response::Delivery,
    },
};
use rand::Rng as _;
use rpc::Context;
use tokio::time::Instant;
use tonic::{Status, Streaming};

use super::{
    clock::ClusterClock,
    entry::{Audience, Entry, closed},
    hub::Hub,
    local::Local,
    mirror::{News, Position},
    resources::{Meaning, Part},
    services::Services,
};
use crate::contract::Resource;

const PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often the reports of players are told to those who observe them.
const QUALITY_EVERY: Duration = Duration::from_secs(2);
/// A room event may come twice; the ids of this many are remembered.
const REMEMBERED: usize = 64;

/// Feeds one hub.
pub(crate) struct Feed {
    hub: Arc<Hub>,
    services: Services,
    clock: ClusterClock,
    seen: VecDeque<String>,
    /// Shared resources whose observers need a new snapshot.
    stale: BTreeSet<i32>,
    /// Whether nothing has come from the stream yet.
    is_new: bool,
    quality_due: Instant,
}

impl Feed {
    pub(crate) fn new(hub: Arc<Hub>, services: Services, clock: ClusterClock) -> Self {
        Self {
            hub,
            services,
            clock,
            seen: VecDeque::new(),
            stale: BTreeSet::new(),
            is_new: true,
            quality_due: Instant::now(),
        }
    }

    /// Opens the room with its first socket and goes on in the background.
    pub(crate) async fn start(self, first: &Local) -> Result<Snapshot, Status> {
        let (stream, snapshot) = self.connect(0, first).await?;
        self.hub.publish(|mirror| {
            mirror.replace(snapshot.clone());
            (Vec::new(), ())
        });
        let hub = self.hub.clone();
        hub.fed_by(tokio::spawn(self.run(stream)).abort_handle());
        Ok(snapshot)
    }

    /// The stream first and the snapshot after it, so that nothing happens between them unseen.
    async fn connect(
        &self,
        after_seq: i64,
        local: &Local,
    ) -> Result<(Streaming<SubscribeResponse>, Snapshot), Status> {
        let request = SubscribeRequest { room_id: self.hub.room_id.clone(), after_seq };
        let stream =
            self.services.delivery().subscribe(Context::background().request(request)).await?.into_inner();
        let snapshot = self.services.join(&self.hub.room_id, local, false).await?;
        Ok((stream, snapshot))
    }

    /// Goes on until the hub's last socket is gone, which aborts it.
    async fn run(mut self, mut stream: Streaming<SubscribeResponse>) {
        loop {
            self.follow(stream).await;
            stream = self.reconnect().await;
        }
    }

    async fn follow(&mut self, mut stream: Streaming<SubscribeResponse>) {
        self.is_new = true;
        let mut reading: Option<BoxFuture<'static, ()>> = None;
        loop {
            if reading.is_none() && !self.stale.is_empty() {
                reading = Some(Box::pin(read(self.hub.clone(), std::mem::take(&mut self.stale))));
            }
            let read = async {
                match reading.as_mut() {
                    Some(reading) => reading.await,
                    None => pending().await,
                }
            };
            tokio::select! {
                delivery = stream.message() => match delivery {
                    Ok(Some(SubscribeResponse { delivery: Some(delivery) })) => if !self.deliver(delivery) {
                        tracing::warn!(room_id = self.hub.room_id, "the stream of a room has a gap");
                        return;
                    },
                    Ok(Some(_)) => {}
                    Ok(None) => return,
                    Err(status) => {
                        tracing::info!(room_id = self.hub.room_id, code = ?status.code(), error = status.message(), "the stream of a room broke");
                        return;
                    }
                },
                () = read => reading = None,
            }
        }
    }

    /// Opens the stream again and sends the room to everyone: presence and room events may have been missed.
    async fn reconnect(&mut self) -> Streaming<SubscribeResponse> {
        let mut pause = PAUSE;
        loop {
            // Without jitter all gateways would reconnect to a restarted sync-svc at the same moment.
            let jitter = rand::thread_rng().gen_range(0.5..1.5);
            tokio::time::sleep(pause.mul_f64(jitter)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let Some(local) = self.hub.any_local() else { continue };
            match self.connect(self.hub.position().seq, &local).await {
                Ok((stream, snapshot)) => {
                    self.resync(snapshot);
                    return stream;
                }
                Err(status) => {
                    tracing::info!(room_id = self.hub.room_id, code = ?status.code(), error = status.message(), "the stream of a room cannot be opened again yet");
                }
            }
        }
    }

    fn resync(&mut self, snapshot: Snapshot) {
        let hub = self.hub.clone();
        let locals = hub.local_ids();
        let now_us = self.clock.now_us();
        hub.publish(|mirror| {
            mirror.replace(snapshot);
            let resync = server_frame::Kind::Resync(Resync { snapshot: Some(mirror.snapshot(now_us)) });
            let mut gone: Vec<_> = locals.into_iter().filter(|id| !mirror.has(id)).collect();
            let members = hub.member_frames(mirror).into_iter().map(|frame| {
                let gone = std::mem::take(&mut gone);
                Entry { audience: Audience::Members { gone }, frame: Some(Arc::new(frame)) }
            });
            let resync = Entry::new(Audience::Resync(mirror.position()), resync);
            (std::iter::once(resync).chain(members).collect(), ())
        });
        for resource in
            hub.resources().all().filter(|resource| resource.snapshot.is_some() && !resource.is_log())
        {
            self.mark_stale(resource, None);
        }
    }

    /// Takes a delivery. Returns false when the stream left something out.
    fn deliver(&mut self, delivery: Delivery) -> bool {
        let is_first = std::mem::take(&mut self.is_new);
        match delivery {
            Delivery::Event(event) => {
                self.hub.expect_acks(&event);
                return self.hub.publish(|mirror| match mirror.event(&event) {
                    News::Next => {
                        let audience = Audience::Playback(mirror.position());
                        (vec![Entry::new(audience, server_frame::Kind::Event(event))], true)
                    }
                    News::Old => (Vec::new(), true),
                    News::Gap => (Vec::new(), false),
                });
            }
            // The stream begins with the room as it was just before this gateway's own snapshot.
            Delivery::Snapshot(snapshot) => {
                if !(is_first && Position::of(snapshot.state.as_ref()) <= self.hub.position()) {
                    self.resync(snapshot);
                }
            }
            Delivery::Presence(change) => self.presence(&change),
            Delivery::RoomEvent(event) => self.room_event(event),
            Delivery::Status(status) => self.status(status),
            Delivery::Aside(aside) => self.aside(aside),
        }
        true
    }

    fn presence(&self, change: &PresenceChange) {
        let frame = self.hub.resources().update(Known::Members.into(), Part::Change(change.encode_to_vec()));
        let gone = match &change.kind {
            Some(presence_change::Kind::RemovedSessionId(id)) => vec![id.clone()],
            _ => Vec::new(),
        };
        let entry = Entry { audience: Audience::Members { gone }, frame: frame.map(Arc::new) };
        self.hub.publish(|mirror| {
            mirror.presence(change);
            (vec![entry], ())
        });
    }

    /// Every player reports every few seconds. Observers get the reports of several players at a time.
    fn status(&mut self, status: SessionStatus) {
        let number = Known::Quality.into();
        let now = Instant::now();
        let due = self.hub.is_observed(number) && now >= self.quality_due;
        if due {
            self.quality_due = now + QUALITY_EVERY;
        }
        let hub = &self.hub;
        hub.publish(|mirror| {
            mirror.status(status);
            let reported = due.then(|| Part::Change(mirror.take_reported().encode_to_vec()));
            let frame = reported.and_then(|part| hub.resources().update(number, part)).map(Arc::new);
            let entry =
                frame.map(|frame| Entry { audience: Audience::Observers(number), frame: Some(frame) });
            (entry.into_iter().collect(), ())
        });
    }

    fn aside(&self, aside: Aside) {
        let Aside { session_id, subject_id, display_name, kind, to_session_id } = aside;
        let entry = match kind {
            Some(aside::Kind::Typing(true)) => {
                let notice = server_frame::Kind::Typing(TypingNotice { subject_id, display_name });
                Entry::new(Audience::Typing { session_id }, notice)
            }
            Some(aside::Kind::Signal(payload)) if self.hub.has_local(&to_session_id) => {
                let signal =
                    SignalNotice { from_session_id: session_id, from_subject_id: subject_id, payload };
                Entry::new(Audience::Session(to_session_id), server_frame::Kind::Signal(signal))
            }
            _ => return,
        };
        self.hub.tell(entry);
    }

    fn room_event(&mut self, event: RoomEvent) {
        if self.seen.contains(&event.id) {
            return;
        }
        let hub = self.hub.clone();
        let encoded = event.encode_to_vec();
        for (resource, meaning) in hub.resources().meanings(&encoded) {
            match meaning {
                Meaning::Stale { subject_id } => self.mark_stale(resource, subject_id),
                Meaning::Changed(frame) => {
                    hub.forget_snapshot(resource.number, None);
                    let audience = Audience::Observers(resource.number);
                    hub.tell(Entry { audience, frame: Some(Arc::new(frame)) });
                }
            }
        }
        if let Some(notice) = hub.resources().end(&encoded) {
            hub.tell(Entry::new(Audience::Closed, closed(notice)));
        }
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(event.id);
    }

    /// A snapshot is stale, of one person or for all. A shared one is read here, a personal one by its observers.
    fn mark_stale(&mut self, resource: &Resource, subject_id: Option<String>) {
        let number = resource.number;
        self.hub.forget_snapshot(number, subject_id.as_deref());
        if resource.is_personal() {
            self.hub.tell(Entry { audience: Audience::Stale { resource: number, subject_id }, frame: None });
        } else {
            self.stale.insert(number);
        }
    }
}

/// Reads the stale snapshots that somebody observes, once for all sockets, and sends them.
async fn read(hub: Arc<Hub>, stale: BTreeSet<i32>) {
    const ATTEMPTS: usize = 3;
    for number in stale.into_iter().filter(|number| hub.is_observed(*number)) {
        let Some(resource) = hub.resources().get(number) else { continue };
        for _ in 0..ATTEMPTS {
            match hub.snapshot(resource, None).await {
                Ok(frame) => {
                    hub.tell(Entry { audience: Audience::Observers(number), frame: Some(frame) });
                    break;
                }
                Err(status) => {
                    tracing::info!(room_id = hub.room_id, resource = resource.name, code = ?status.code(), error = status.message(), "cannot read what changed in a room");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}
