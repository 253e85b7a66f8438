//! A room on this gateway: what happens in it, for all sockets that are there.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use futures::task::AtomicWaker;
use proto::{
    common::v1::Identity,
    realtime::v1::{Quality, ResourceUpdate, resource_update, server_frame},
    sync::v1::{PlaybackEvent, PlaybackState, Session, Snapshot},
};
use tokio::{sync::OnceCell, task::AbortHandle};

use super::{
    acks::Acks,
    frames::{Encoded, unasked},
    mirror::{Mirror, Position},
    ring::{Behind, Ring},
};

/// So many sockets may ask at once.
const SMALL_ROOM: usize = 50;

/// Whom an entry is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Those who are not there yet.
    Playback(Position),
    /// Everyone; they are there then.
    Resync(Position),
    /// Those who observe it.
    Settings,
    /// Those who observe it. The sockets of the sessions that are gone have to say that they are still there.
    Members { gone: Vec<String> },
    /// Those who observe it.
    Quality,
    /// Those who observe it.
    Playlist,
    /// Those who observe it.
    Chat,
    /// Those who observe the chat, except the one who types.
    Typing { session_id: String },
    /// The sockets of someone who is no member any more.
    Left { subject_id: String },
    /// Everyone, for the last time.
    Closed,
}

/// One thing that happened.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) audience: Audience,
    /// Nothing, where the sockets themselves know what to do.
    pub(crate) frame: Option<Encoded>,
}

impl Entry {
    pub(crate) fn new(audience: Audience, kind: server_frame::Kind) -> Self {
        Self { audience, frame: Some(unasked(kind)) }
    }

    pub(crate) fn resource(audience: Audience, kind: resource_update::Kind) -> Self {
        Self::new(audience, server_frame::Kind::Resource(ResourceUpdate { kind: Some(kind) }))
    }
}

/// A socket of this gateway in the room.
#[derive(Debug, Clone)]
pub(crate) struct Local {
    pub(crate) identity: Identity,
    /// Where the socket comes from.
    pub(crate) address: Option<IpAddr>,
    pub(crate) session: Session,
}

/// One of a number of sockets that a hub counts.
pub(crate) struct Counted {
    hub: Arc<Hub>,
    number: fn(&Hub) -> &AtomicUsize,
}

impl Counted {
    fn new(hub: Arc<Hub>, number: fn(&Hub) -> &AtomicUsize) -> Self {
        number(&hub).fetch_add(1, Ordering::Relaxed);
        Self { hub, number }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.number)(&self.hub).fetch_sub(1, Ordering::Relaxed);
    }
}

/// A room on this gateway.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) room_id: String,
    shared: Mutex<Shared>,
    /// The number of the entry that comes next.
    next: AtomicU64,
    /// One of each socket. A room wakes all its sockets with each entry, so this costs them no lock.
    wakers: RwLock<Vec<Arc<AtomicWaker>>>,
    /// Set when the room's stream has been opened for the first time.
    pub(crate) started: OnceCell<()>,
    /// Sockets that observe how players are doing.
    quality_observers: AtomicUsize,
    /// Sockets whose players say which events they act on.
    players: AtomicUsize,
}

#[derive(Debug, Default)]
struct Shared {
    ring: Ring<Entry>,
    mirror: Mirror,
    locals: BTreeMap<String, Arc<Local>>,
    /// Who is there, as frames, until somebody comes or goes.
    members: Option<Arc<[Encoded]>>,
    acks: Acks,
    feed: Option<AbortHandle>,
}

impl Hub {
    pub(crate) fn new(room_id: String) -> Self {
        Self {
            room_id,
            shared: Mutex::default(),
            next: AtomicU64::new(0),
            wakers: RwLock::default(),
            started: OnceCell::new(),
            quality_observers: AtomicUsize::new(0),
            players: AtomicUsize::new(0),
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the sockets of something, after `change` has been made to what is known, as one step.
    pub(crate) fn publish<R>(&self, change: impl FnOnce(&mut Mirror) -> (Vec<Entry>, R)) -> R {
        let mut shared = self.shared();
        let (entries, result) = change(&mut shared.mirror);
        let mut next = None;
        for entry in entries {
            if matches!(entry.audience, Audience::Members { .. } | Audience::Resync(_)) {
                shared.members = None;
            }
            next = Some(shared.ring.push(Arc::new(entry)));
        }
        if let Some(next) = next {
            self.next.store(next, Ordering::Release);
            // A socket that is awake at once must not wait for this lock.
            drop(shared);
            for waker in self.wakers.read().unwrap_or_else(PoisonError::into_inner).iter() {
                waker.wake();
            }
        }
        result
    }

    /// Tells the sockets of something that changes nothing.
    pub(crate) fn tell(&self, entry: Entry) {
        self.publish(|_| (vec![entry], ()));
    }

    /// The number of the entry that comes next.
    pub(crate) fn next(&self) -> u64 {
        self.next.load(Ordering::Acquire)
    }

    /// A waker that each entry wakes, until it is given back to [`Self::stop_waking`].
    pub(crate) fn waker(&self) -> Arc<AtomicWaker> {
        let waker = Arc::new(AtomicWaker::new());
        self.wakers.write().unwrap_or_else(PoisonError::into_inner).push(waker.clone());
        waker
    }

    pub(crate) fn stop_waking(&self, waker: &Arc<AtomicWaker>) {
        let mut wakers = self.wakers.write().unwrap_or_else(PoisonError::into_inner);
        wakers.retain(|other| !Arc::ptr_eq(other, waker));
    }

    pub(crate) fn read(&self, cursor: u64) -> Result<Vec<Arc<Entry>>, Behind> {
        self.shared().ring.read(cursor)
    }

    /// The room now, and the cursor behind it.
    pub(crate) fn snapshot(&self, now_us: i64) -> (Snapshot, u64) {
        let shared = self.shared();
        (shared.mirror.snapshot(now_us), shared.ring.next())
    }

    /// Who is there. In a room that many enter at once, this frame is asked for as often as it changes.
    pub(crate) fn members(&self) -> Arc<[Encoded]> {
        let mut shared = self.shared();
        if let Some(members) = &shared.members {
            return members.clone();
        }
        let frame = |members| {
            let kind = Some(resource_update::Kind::Members(members));
            unasked(server_frame::Kind::Resource(ResourceUpdate { kind }))
        };
        let members: Arc<[_]> = shared.mirror.members().into_iter().map(frame).collect();
        shared.members = Some(members.clone());
        members
    }

    /// How everyone's player is doing.
    pub(crate) fn quality(&self) -> Quality {
        self.shared().mirror.quality()
    }

    /// Whether a socket wants to know how players are doing.
    pub(crate) fn is_quality_observed(&self) -> bool {
        self.quality_observers.load(Ordering::Relaxed) > 0
    }

    /// Counts a socket among those that observe how players are doing, until it is dropped.
    pub(crate) fn observe_quality(self: &Arc<Self>) -> Counted {
        Counted::new(self.clone(), |hub| &hub.quality_observers)
    }

    /// Counts a socket among those whose players say which events they act on, until it is dropped.
    pub(crate) fn count_player(self: &Arc<Self>) -> Counted {
        Counted::new(self.clone(), |hub| &hub.players)
    }

    /// Waits for the players here to act on an event.
    pub(crate) fn expect_acks(&self, event: &PlaybackEvent) {
        let players = self.players.load(Ordering::Relaxed);
        if players > 0 {
            self.shared().acks.expect(event.seq, event.issued_at_us, players);
        }
    }

    /// A player here acts on events that it did not act on `before`.
    pub(crate) fn acknowledge(&self, before: i64, seq: i64, at_us: i64, now_us: i64) {
        let done = self.shared().acks.acknowledge(before, seq, at_us, now_us);
        for latency_ms in done {
            metrics::histogram!("syncwatch_sync_command_latency_ms").record(latency_ms);
        }
    }

    pub(crate) fn state(&self) -> Option<PlaybackState> {
        self.shared().mirror.state()
    }

    /// The item that is on, if it is another one; empty: none is.
    pub(crate) fn item_unless(&self, item_id: &str) -> Option<String> {
        let shared = self.shared();
        Some(shared.mirror.item_id()).filter(|on| *on != item_id).map(str::to_owned)
    }

    /// Whether many sockets are here, so that they should not all ask for something at once.
    pub(crate) fn is_large(&self) -> bool {
        self.shared().locals.len() > SMALL_ROOM
    }

    pub(crate) fn position(&self) -> Position {
        self.shared().mirror.position()
    }

    pub(crate) fn local_ids(&self) -> Vec<String> {
        self.shared().locals.keys().cloned().collect()
    }

    /// Some sockets that are here, on whose behalf the hub can ask.
    pub(crate) fn some_locals(&self, count: usize) -> Vec<Arc<Local>> {
        self.shared().locals.values().take(count).cloned().collect()
    }

    pub(crate) fn enter(&self, local: Arc<Local>) {
        self.shared().locals.insert(local.session.id.clone(), local);
    }

    /// Takes a socket out; whether it was the last one.
    pub(crate) fn leave(&self, session_id: &str) -> bool {
        let mut shared = self.shared();
        shared.locals.remove(session_id);
        let is_empty = shared.locals.is_empty();
        if is_empty && let Some(feed) = shared.feed.take() {
            feed.abort();
        }
        is_empty
    }

    pub(crate) fn fed_by(&self, feed: AbortHandle) {
        if let Some(old) = self.shared().feed.replace(feed) {
            old.abort();
        }
    }
}
