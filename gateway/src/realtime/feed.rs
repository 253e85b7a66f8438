//! Feeds a hub from the one stream that the gateway has of its room.

use std::{collections::VecDeque, future::pending, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use proto::{
    realtime::v1::{Closed, Notice, Playlist, Resync, TypingNotice, notice, resource_update, server_frame},
    room::v1::{GetRoomRequest, ListItemsRequest, RoomEvent, room_event},
    sync::v1::{
        Aside, GetPlaybackRequest, PresenceChange, SessionStatus, Snapshot, SubscribeRequest,
        SubscribeResponse, aside, presence_change, subscribe_response::Delivery,
    },
};
use rand::Rng as _;
use rpc::Context;
use tokio::time::Instant;
use tonic::{Status, Streaming};

use super::{
    Services,
    clock::ClusterClock,
    hub::{Audience, Entry, Hub, Local},
    hubs::join,
    mirror::{Mirror, News, Position},
};

const PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often those who want to know are told how players are doing.
const QUALITY_EVERY: Duration = Duration::from_secs(2);
/// Room events may come twice; this many are remembered.
const REMEMBERED: usize = 64;

/// What has to be read again, because an event says that it changed and not what it is now.
#[derive(Debug, Clone, Copy, Default)]
struct Stale {
    playlist: bool,
    settings: bool,
}

/// The one who feeds a hub.
pub(crate) struct Feed {
    hub: Arc<Hub>,
    services: Services,
    clock: ClusterClock,
    seen: VecDeque<String>,
    stale: Stale,
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
            stale: Stale::default(),
            is_new: true,
            quality_due: Instant::now(),
        }
    }

    /// Opens the room with its first socket and goes on in the background.
    pub(crate) async fn start(self, first: &Local) -> Result<Snapshot, Status> {
        let request = GetPlaybackRequest { room: self.hub.room_id.clone() };
        let reply = self
            .services
            .playback()
            .get_playback(Context::on_behalf_of(first.identity.clone()).request(request))
            .await?;
        let position = Position::of(reply.into_inner().state.as_ref());
        let (stream, snapshot) = self.connect(position.seq, first).await?;
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
        let snapshot = join(&self.services, &self.hub.room_id, local, false).await?;
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
        let mut reading: Option<BoxFuture<'static, Vec<Entry>>> = None;
        loop {
            if reading.is_none() && (self.stale.playlist || self.stale.settings) {
                let stale = std::mem::take(&mut self.stale);
                reading = Some(Box::pin(read(self.hub.clone(), self.services.clone(), stale)));
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
                        tracing::warn!(room_id = self.hub.room_id, "the stream of a room left something out");
                        return;
                    },
                    Ok(Some(_)) => {}
                    Ok(None) => return,
                    Err(status) => {
                        tracing::info!(room_id = self.hub.room_id, code = ?status.code(), error = status.message(), "the stream of a room broke");
                        return;
                    }
                },
                entries = read => {
                    reading = None;
                    self.hub.publish(|_| (entries, ()));
                }
            }
        }
    }

    /// The stream again, and the room to everyone: presence and room events may have been missed.
    async fn reconnect(&mut self) -> Streaming<SubscribeResponse> {
        let mut pause = PAUSE;
        loop {
            // All gateways of a sync-svc that comes back would come at once.
            let jitter = rand::thread_rng().gen_range(0.5..1.5);
            tokio::time::sleep(pause.mul_f64(jitter)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let Some(local) = self.hub.some_locals(1).pop() else { continue };
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
        self.stale = Stale { playlist: true, settings: true };
        let locals = self.hub.local_ids();
        let now_us = self.clock.now_us();
        self.hub.publish(|mirror| {
            mirror.replace(snapshot);
            let resync = server_frame::Kind::Resync(Resync { snapshot: Some(mirror.snapshot(now_us)) });
            let mut gone: Vec<_> = locals.into_iter().filter(|id| !mirror.has(id)).collect();
            let members = mirror.members().into_iter().map(|members| {
                let gone = std::mem::take(&mut gone);
                Entry::resource(Audience::Members { gone }, resource_update::Kind::Members(members))
            });
            let resync = Entry::new(Audience::Resync(mirror.position()), resync);
            (std::iter::once(resync).chain(members).collect(), ())
        });
    }

    /// Takes a delivery; whether the stream is whole.
    fn deliver(&mut self, delivery: Delivery) -> bool {
        let is_first = std::mem::take(&mut self.is_new);
        match delivery {
            Delivery::Event(event) => {
                self.hub.expect_acks(&event);
                self.hub.publish(|mirror| match mirror.event(&event) {
                    News::Next => {
                        let audience = Audience::Playback(mirror.position());
                        (vec![Entry::new(audience, server_frame::Kind::Event(event))], true)
                    }
                    News::Old => (Vec::new(), true),
                    News::Gap => (Vec::new(), false),
                })
            }
            // A stream from the beginning starts with the room as it was just before this gateway's own snapshot.
            Delivery::Snapshot(snapshot) => {
                if !(is_first && Position::of(snapshot.state.as_ref()) <= self.hub.position()) {
                    self.resync(snapshot);
                }
                true
            }
            Delivery::Presence(change) => {
                self.hub.publish(|mirror| (presence(mirror, change), ()));
                true
            }
            Delivery::RoomEvent(event) => {
                self.room_event(event);
                true
            }
            Delivery::Status(status) => {
                self.status(status);
                true
            }
            Delivery::Aside(aside) => {
                if let Some(aside::Kind::Typing(true)) = aside.kind {
                    let Aside { session_id, subject_id, display_name, .. } = aside;
                    let notice = server_frame::Kind::Typing(TypingNotice { subject_id, display_name });
                    self.hub.tell(Entry::new(Audience::Typing { session_id }, notice));
                }
                true
            }
        }
    }

    /// Everyone says how their player is doing every few seconds. Who wants to know is told of several at a time.
    fn status(&mut self, status: SessionStatus) {
        let now = Instant::now();
        let due = self.hub.is_quality_observed() && now >= self.quality_due;
        if due {
            self.quality_due = now + QUALITY_EVERY;
        }
        self.hub.publish(|mirror| {
            mirror.status(status);
            let quality = due.then(|| resource_update::Kind::Quality(mirror.take_reported()));
            (quality.map(|kind| Entry::resource(Audience::Quality, kind)).into_iter().collect(), ())
        });
    }

    fn room_event(&mut self, event: RoomEvent) {
        use room_event::Kind as K;
        if self.seen.contains(&event.id) {
            return;
        }
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(event.id);
        match event.kind {
            Some(K::MemberJoined(_) | K::MemberChanged(_) | K::RoomUpdated(_)) => self.stale.settings = true,
            Some(K::MemberLeft(subject_id)) => {
                self.stale.settings = true;
                self.hub.tell(Entry { audience: Audience::Left { subject_id }, frame: None });
            }
            Some(
                K::ItemAdded(_)
                | K::ItemRemoved(_)
                | K::ItemsReordered(_)
                | K::ItemMeasured(_)
                | K::ItemUpdated(_),
            ) => {
                self.stale.playlist = true;
            }
            Some(K::MessageSent(message)) => {
                self.hub.tell(Entry::resource(Audience::Chat, resource_update::Kind::Chat(message)));
            }
            Some(K::RoomDeleted(_)) => {
                self.hub.tell(Entry::new(Audience::Closed, closed("ROOM_NOT_FOUND", "the room was deleted")));
            }
            None => {}
        }
    }
}

/// The notice that ends a conversation.
pub(crate) fn closed(reason: &str, message: &str) -> server_frame::Kind {
    let closed = Closed { reason: reason.to_owned(), message: message.to_owned() };
    server_frame::Kind::Notice(Notice { kind: Some(notice::Kind::Closed(closed)) })
}

fn presence(mirror: &mut Mirror, change: PresenceChange) -> Vec<Entry> {
    mirror.presence(&change);
    let gone = match &change.kind {
        Some(presence_change::Kind::RemovedSessionId(id)) => vec![id.clone()],
        _ => Vec::new(),
    };
    vec![Entry::resource(Audience::Members { gone }, resource_update::Kind::Presence(change))]
}

/// Reads what is stale, once for all sockets, on behalf of someone who is there. One who is not allowed to, or has
/// just left, must not keep it from the others.
async fn read(hub: Arc<Hub>, services: Services, stale: Stale) -> Vec<Entry> {
    const ATTEMPTS: usize = 3;
    for local in hub.some_locals(ATTEMPTS).iter().cycle().take(ATTEMPTS) {
        match read_as(&hub, &services, stale, local).await {
            Ok(read) => return read,
            Err(status) => {
                tracing::info!(room_id = hub.room_id, code = ?status.code(), error = status.message(), "cannot read what changed in a room");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // The next change reads it again.
    Vec::new()
}

async fn read_as(hub: &Hub, services: &Services, stale: Stale, local: &Local) -> Result<Vec<Entry>, Status> {
    let context = || Context::on_behalf_of(local.identity.clone());
    let mut entries = Vec::new();
    if stale.playlist {
        let reply = services
            .playlist()
            .list_items(context().request(ListItemsRequest { room: hub.room_id.clone() }))
            .await?
            .into_inner();
        let playlist = Playlist { items: reply.items, version: reply.version };
        entries.push(Entry::resource(Audience::Playlist, resource_update::Kind::Playlist(playlist)));
    }
    if stale.settings {
        let reply = services
            .rooms()
            .get_room(context().request(GetRoomRequest { room: hub.room_id.clone() }))
            .await?
            .into_inner();
        entries.extend(
            reply.room.map(|room| Entry::resource(Audience::Settings, resource_update::Kind::Settings(room))),
        );
    }
    Ok(entries)
}
