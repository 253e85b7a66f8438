//! The rooms of this gateway. A room is here while a socket of it is.

use std::{
    collections::HashMap,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use futures::task::AtomicWaker;
use proto::sync::v1::{JoinSessionRequest, Snapshot};
use rpc::Context;
use tonic::Status;

use super::{
    Services,
    clock::ClusterClock,
    feed::Feed,
    frames::Encoded,
    hub::{Entry, Hub, Local},
    ring::Behind,
};

/// All of them. Cheap to clone; copies are one.
#[derive(Clone)]
pub(crate) struct Hubs(Arc<Inner>);

struct Inner {
    rooms: Mutex<HashMap<String, Arc<Hub>>>,
    services: Services,
    clock: ClusterClock,
}

impl Hubs {
    pub(crate) fn new(services: Services, clock: ClusterClock) -> Self {
        Self(Arc::new(Inner { rooms: Mutex::default(), services, clock }))
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<String, Arc<Hub>>> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings a socket into its room, and the room to this gateway if it is the first. Gives the room as it is with
    /// the socket in it; what happens afterwards is found through the attachment, without a gap.
    pub(crate) async fn attach(
        &self,
        room_id: &str,
        local: Arc<Local>,
    ) -> Result<(Attachment, Snapshot), Status> {
        let hub = {
            let mut rooms = self.rooms();
            let hub = rooms
                .entry(room_id.to_owned())
                .or_insert_with(|| Arc::new(Hub::new(room_id.to_owned())))
                .clone();
            hub.enter(local.clone());
            hub
        };
        let (cursor, waker) = (hub.next(), hub.waker());
        let mut attachment =
            Attachment { hubs: self.clone(), hub, session_id: local.session.id.clone(), cursor, waker };
        let mut first = None;
        let hub = &attachment.hub;
        hub.started
            .get_or_try_init(|| async {
                let feed = Feed::new(hub.clone(), self.0.services.clone(), self.0.clock.clone());
                first = Some(feed.start(&local).await?);
                Ok::<_, Status>(())
            })
            .await?;
        let snapshot = if let Some(snapshot) = first {
            snapshot
        } else {
            // From here on: what happened before is in the snapshot.
            attachment.cursor = attachment.hub.next();
            join(&self.0.services, room_id, &local, true).await?
        };
        Ok((attachment, snapshot))
    }

    /// The item that is on in a room, as far as the room is here already.
    pub(crate) fn item_in(&self, room_id: &str) -> Option<String> {
        let hub = self.rooms().get(room_id).cloned()?;
        hub.item_unless("")
    }

    fn detach(&self, hub: &Arc<Hub>, session_id: &str) {
        let mut rooms = self.rooms();
        if hub.leave(session_id) && rooms.get(&hub.room_id).is_some_and(|there| Arc::ptr_eq(there, hub)) {
            rooms.remove(&hub.room_id);
        }
    }
}

/// Tells sync-svc of a session, for the first time or again.
pub(crate) async fn join(
    services: &Services,
    room_id: &str,
    local: &Local,
    without_sessions: bool,
) -> Result<Snapshot, Status> {
    let request = JoinSessionRequest {
        room_id: room_id.to_owned(),
        session: Some(local.session.clone()),
        without_sessions,
        max_sessions_of_person: services.max_sessions_of_person,
    };
    let context = Context::on_behalf_of(local.identity.clone());
    let reply = services.presence().join_session(context.request(request)).await?;
    reply
        .into_inner()
        .snapshot
        .ok_or_else(|| Status::internal("sync-svc joined a session without a snapshot"))
}

/// A socket's place in its room; given back when dropped.
pub(crate) struct Attachment {
    hubs: Hubs,
    pub(crate) hub: Arc<Hub>,
    session_id: String,
    cursor: u64,
    waker: Arc<AtomicWaker>,
}

impl Attachment {
    /// Waits until there is something to read.
    pub(crate) async fn changed(&self) {
        poll_fn(|cx| {
            if self.hub.next() > self.cursor {
                return Poll::Ready(());
            }
            self.waker.register(cx.waker());
            // An entry may have come before the waker was there.
            if self.hub.next() > self.cursor { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// The next entries, a few at a time.
    pub(crate) fn read(&mut self) -> Result<Vec<Arc<Entry>>, Behind> {
        let entries = self.hub.read(self.cursor)?;
        self.cursor += entries.len() as u64;
        Ok(entries)
    }

    /// Starts anew from the room as it is.
    pub(crate) fn resync(&mut self) -> Snapshot {
        let (snapshot, cursor) = self.hub.snapshot(self.hubs.0.clock.now_us());
        self.cursor = cursor;
        snapshot
    }

    pub(crate) fn members(&self) -> Arc<[Encoded]> {
        self.hub.members()
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.hub.stop_waking(&self.waker);
        self.hubs.detach(&self.hub, &self.session_id);
    }
}
