//! The rooms of this gateway. A room has a hub while a socket of it is here.

use std::{collections::HashMap, future::poll_fn, sync::Arc, task::Poll};

use futures::task::AtomicWaker;
use parking_lot::{Mutex, MutexGuard};
use proto::sync::v1::Snapshot;
use tonic::Status;

use super::{
    clock::ClusterClock, entry::Entry, feed::Feed, hub::Hub, local::Local, resources::Resources,
    ring::Behind, services::Services,
};

/// The hubs of all rooms. Cheap to clone; copies are the same.
#[derive(Clone)]
pub(crate) struct Hubs(Arc<Inner>);

struct Inner {
    rooms: Mutex<HashMap<String, Arc<Hub>>>,
    services: Services,
    resources: Arc<Resources>,
    clock: ClusterClock,
}

impl Hubs {
    pub(crate) fn new(services: Services, resources: Arc<Resources>, clock: ClusterClock) -> Self {
        Self(Arc::new(Inner { rooms: Mutex::default(), services, resources, clock }))
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<String, Arc<Hub>>> {
        self.0.rooms.lock()
    }

    /// Attaches a socket to its room, and opens the room's stream if it is the first. Returns the room with the socket in
    /// it; the attachment delivers what happens afterwards, without a gap.
    pub(crate) async fn attach(
        &self,
        room_id: &str,
        local: Arc<Local>,
    ) -> Result<(Attachment, Snapshot), Status> {
        let hub = {
            let mut rooms = self.rooms();
            let hub = rooms
                .entry(room_id.to_owned())
                .or_insert_with(|| Arc::new(Hub::new(room_id.to_owned(), self.0.resources.clone())))
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
            // The snapshot includes everything before this point.
            attachment.cursor = attachment.hub.next();
            self.0.services.join(room_id, &local, true).await?
        };
        Ok((attachment, snapshot))
    }

    /// The current item of a room, if the room has a hub.
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

/// A socket's attachment to its room. Dropped, it detaches the socket.
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
            // An entry may have come before the waker was registered.
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

    /// Moves the cursor to the end, and returns the room as it is.
    pub(crate) fn resync(&mut self) -> Snapshot {
        let (snapshot, cursor) = self.hub.playback_snapshot(self.hubs.0.clock.now_us());
        self.cursor = cursor;
        snapshot
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.hub.stop_waking(&self.waker);
        self.hubs.detach(&self.hub, &self.session_id);
    }
}
