//! A room on this gateway: what happens in it, for all its sockets.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use futures::task::AtomicWaker;
use parking_lot::{Mutex, MutexGuard, RwLock};
use prost::Message as _;
use proto::{
    realtime::v1::Resource as Known,
    sync::v1::{PlaybackEvent, PlaybackState, Snapshot},
};
use tokio::{sync::OnceCell, task::AbortHandle};
use tonic::Status;

use super::{
    acks::Acks,
    entry::{Audience, Entry},
    frames::Encoded,
    local::Local,
    mirror::{Mirror, Position},
    resources::{Part, Resources},
    ring::{Behind, Ring},
    snapshots::Snapshots,
};
use crate::contract::Resource;

/// Up to this many sockets may call at the same moment.
const SMALL_ROOM: usize = 50;

/// A socket whose player says which events it acts on; counted until it is dropped.
pub(crate) struct CountedPlayer(Arc<Hub>);

impl Drop for CountedPlayer {
    fn drop(&mut self) {
        self.0.players.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A room on this gateway.
pub(crate) struct Hub {
    pub(crate) room_id: String,
    shared: Mutex<Shared>,
    /// The number of the next entry.
    next: AtomicU64,
    /// One for each socket. Every entry wakes every socket of the room, without the lock on `shared`.
    wakers: RwLock<Vec<Arc<AtomicWaker>>>,
    /// Set when the room's stream has been opened for the first time.
    pub(crate) started: OnceCell<()>,
    resources: Arc<Resources>,
    snapshots: Snapshots,
    /// Sockets that observe each resource, by its number.
    observers: Box<[AtomicUsize]>,
    /// Sockets whose players say which events they act on.
    players: AtomicUsize,
}

#[derive(Default)]
struct Shared {
    ring: Ring<Entry>,
    mirror: Mirror,
    locals: BTreeMap<String, Arc<Local>>,
    /// The list of sessions as frames, until a session comes or goes.
    members: Option<Arc<[Encoded]>>,
    acks: Acks,
    feed: Option<AbortHandle>,
}

impl Hub {
    pub(crate) fn new(room_id: String, resources: Arc<Resources>) -> Self {
        let observers = (0..resources.bound()).map(|_| AtomicUsize::new(0)).collect();
        Self {
            room_id,
            shared: Mutex::default(),
            next: AtomicU64::new(0),
            wakers: RwLock::default(),
            started: OnceCell::new(),
            resources,
            snapshots: Snapshots::default(),
            observers,
            players: AtomicUsize::new(0),
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock()
    }

    /// Changes the mirror and publishes the entries that follow from the change, as one atomic step.
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
            // A socket that wakes at once must not wait for this lock.
            drop(shared);
            for waker in self.wakers.read().iter() {
                waker.wake();
            }
        }
        result
    }

    /// Publishes an entry that changes nothing in the mirror.
    pub(crate) fn tell(&self, entry: Entry) {
        self.publish(|_| (vec![entry], ()));
    }

    /// The number of the next entry.
    pub(crate) fn next(&self) -> u64 {
        self.next.load(Ordering::Acquire)
    }

    /// A waker that each entry wakes, until [`Self::stop_waking`] gets it back.
    pub(crate) fn waker(&self) -> Arc<AtomicWaker> {
        let waker = Arc::new(AtomicWaker::new());
        self.wakers.write().push(waker.clone());
        waker
    }

    pub(crate) fn stop_waking(&self, waker: &Arc<AtomicWaker>) {
        let mut wakers = self.wakers.write();
        wakers.retain(|other| !Arc::ptr_eq(other, waker));
    }

    pub(crate) fn read(&self, cursor: u64) -> Result<Vec<Arc<Entry>>, Behind> {
        self.shared().ring.read(cursor)
    }

    /// The playback now, and the cursor behind it.
    pub(crate) fn playback_snapshot(&self, now_us: i64) -> (Snapshot, u64) {
        let shared = self.shared();
        (shared.mirror.snapshot(now_us), shared.ring.next())
    }

    /// What sockets can observe.
    pub(crate) fn resources(&self) -> &Arc<Resources> {
        &self.resources
    }

    /// Frames with the state of a resource that comes with the stream of the room; none for any other.
    pub(crate) fn held(&self, number: i32) -> Arc<[Encoded]> {
        match Known::try_from(number) {
            Ok(Known::Members) => self.members(),
            Ok(Known::Quality) => {
                let quality = self.shared().mirror.quality();
                self.resources.update(number, Part::Change(quality.encode_to_vec())).into_iter().collect()
            }
            _ => Arc::new([]),
        }
    }

    /// The sessions in the room. When many enter a room at once, these frames are read as often as they change.
    fn members(&self) -> Arc<[Encoded]> {
        let mut shared = self.shared();
        if let Some(members) = &shared.members {
            return members.clone();
        }
        let members = self.member_frames(&shared.mirror).into();
        shared.members.insert(members).clone()
    }

    /// The sessions in the room, in parts.
    pub(crate) fn member_frames(&self, mirror: &Mirror) -> Vec<Encoded> {
        let parts = mirror.members().into_iter().map(|part| Part::Snapshot(part.encode_to_vec()));
        parts.filter_map(|part| self.resources.update(Known::Members.into(), part)).collect()
    }

    /// The snapshot of a resource that an RPC gives. `reader` is the person that a personal resource is read for.
    pub(crate) async fn snapshot(
        &self,
        resource: &Resource,
        reader: Option<&Local>,
    ) -> Result<Arc<Encoded>, Status> {
        self.snapshots.get(&self.resources, resource, &self.room_id, reader).await
    }

    /// Drops a stale snapshot: that of one person, or all.
    pub(crate) fn forget_snapshot(&self, number: i32, subject_id: Option<&str>) {
        self.snapshots.forget(number, subject_id);
    }

    /// Sockets that observe a resource.
    pub(crate) fn observers(&self, number: i32) -> Option<&AtomicUsize> {
        self.observers.get(usize::try_from(number).ok()?)
    }

    /// Whether a socket observes a resource.
    pub(crate) fn is_observed(&self, number: i32) -> bool {
        self.observers(number).is_some_and(|observers| observers.load(Ordering::Relaxed) > 0)
    }

    /// Counts a socket among those whose players say which events they act on, until it is dropped.
    pub(crate) fn count_player(self: &Arc<Self>) -> CountedPlayer {
        self.players.fetch_add(1, Ordering::Relaxed);
        CountedPlayer(self.clone())
    }

    /// Starts to measure when the players of this gateway act on an event.
    pub(crate) fn expect_acks(&self, event: &PlaybackEvent) {
        let players = self.players.load(Ordering::Relaxed);
        if players > 0 {
            self.shared().acks.expect(event.seq, event.issued_at_us, players);
        }
    }

    /// Takes note that a player acts on the events after `before`, up to `seq`.
    pub(crate) fn acknowledge(&self, before: i64, seq: i64, at_us: i64, now_us: i64) {
        let done = self.shared().acks.acknowledge(before, seq, at_us, now_us);
        for latency_ms in done {
            metrics::histogram!("syncwatch_sync_command_latency_ms").record(latency_ms);
        }
    }

    pub(crate) fn state(&self) -> Option<PlaybackState> {
        self.shared().mirror.state()
    }

    /// The current item, if it differs from `item_id`; empty: there is none.
    pub(crate) fn item_unless(&self, item_id: &str) -> Option<String> {
        let shared = self.shared();
        Some(shared.mirror.item_id()).filter(|on| *on != item_id).map(str::to_owned)
    }

    /// How many sockets are here, when they are too many to call at the same moment; otherwise 0.
    pub(crate) fn crowd(&self) -> usize {
        Some(self.shared().locals.len()).filter(|sockets| *sockets > SMALL_ROOM).unwrap_or_default()
    }

    pub(crate) fn position(&self) -> Position {
        self.shared().mirror.position()
    }

    /// Whether a session's socket is here.
    pub(crate) fn has_local(&self, session_id: &str) -> bool {
        self.shared().locals.contains_key(session_id)
    }

    pub(crate) fn local_ids(&self) -> Vec<String> {
        self.shared().locals.keys().cloned().collect()
    }

    /// One of the sockets that are here.
    pub(crate) fn any_local(&self) -> Option<Arc<Local>> {
        self.shared().locals.values().next().cloned()
    }

    pub(crate) fn enter(&self, local: Arc<Local>) {
        self.shared().locals.insert(local.session.id.clone(), local);
    }

    /// Removes a socket. Returns whether it was the last one.
    pub(crate) fn leave(&self, session_id: &str) -> bool {
        let mut shared = self.shared();
        if let Some(gone) = shared.locals.remove(session_id) {
            let subject_id = &gone.identity.subject_id;
            if !shared.locals.values().any(|local| local.identity.subject_id == *subject_id) {
                self.snapshots.forget_person(subject_id);
            }
        }
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
