//! What a session observes, and what its person may observe.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use proto::{
    realtime::v1::{Resource as Known, server_frame::Kind},
    room::v1::GetAccessResponse,
};
use rand::Rng as _;
use rpc::{Error, Reason};
use tonic::Status;

use super::{
    frames::{Encoded, rejected, unasked},
    links::{Concerns, Link, SPREAD},
    local::Local,
    session::{Session, Step},
    session_calls::SessionCalls,
    socket::Socket,
};

/// In a large room, personal snapshots are read at this rate: one in so many microseconds.
const READ_EVERY_US: u64 = 2_000;

impl Session {
    /// Begins to observe a resource.
    pub(super) fn observe(&mut self, number: i32) -> Result<(), Error> {
        self.may_observe(number)?;
        self.observed.add(number)
    }

    pub(super) fn unobserve(&mut self, number: i32) -> Result<(), Error> {
        if number == i32::from(Known::Access) {
            return Err(Error::new(Reason::InvalidField, "RESOURCE_ACCESS is always observed"));
        }
        self.observed.remove(number);
        if number == i32::from(Known::PlaybackInfo) {
            self.unlink();
        }
        Ok(())
    }

    fn may_observe(&self, number: i32) -> Result<(), Error> {
        let Some(resource) = self.calls.hub.resources().get(number) else {
            let message = format!("resource: {number} is no resource of this server");
            return Err(Error::new(Reason::InvalidField, message).with("field", "resource"));
        };
        match resource.permission {
            Some(permission) if !self.permissions.contains(&permission.into()) => {
                Err(Error::permission_missing(permission).with("resource", &resource.name))
            }
            _ => Ok(()),
        }
    }

    /// Observes a resource that `hello` names.
    pub(super) async fn observe_from_start(&mut self, socket: &mut Socket, number: i32) -> Step {
        match self.observe(number) {
            Ok(()) => self.begin(socket, String::new(), number).await,
            Err(error) => Ok(socket.send(&ended(error)).await?),
        }
    }

    /// Sends the state of an observed resource, after an `ack` where there is an id.
    pub(super) async fn begin(&mut self, socket: &mut Socket, id: String, number: i32) -> Step {
        let hub = self.calls.hub.clone();
        if hub.resources().get(number).is_some_and(|resource| resource.snapshot.is_some()) {
            let request = self.calls.observe(id.clone(), number);
            let taken = self.lanes.other.push(request);
            return Self::refuse_unless(taken, socket, id).await;
        }
        Self::done(socket, id).await?;
        // Each part by itself, so that what holds it stays small.
        for frame in hub.held(number).iter() {
            socket.send(frame).await?;
        }
        self.link(Concerns::One);
        Ok(())
    }

    /// Reads the client's own snapshot of a resource again. The sockets of one person do it at the same moment, so that
    /// they share one read.
    pub(super) fn refresh(&mut self, number: i32, concerns: Concerns) {
        let mut delay = Duration::ZERO;
        if concerns == Concerns::Everyone {
            let mut hasher = DefaultHasher::new();
            self.calls.local.identity.subject_id.hash(&mut hasher);
            let spread_us = (self.calls.hub.crowd() as u64).saturating_mul(READ_EVERY_US).max(1);
            delay = Duration::from_micros(hasher.finish() % spread_us);
        }
        let request = self.calls.refresh(number, delay);
        self.lanes.other.push(request);
    }

    /// Takes the person's access as it is now. Returns the frames that tell what became of it.
    pub(super) fn take_access(&mut self, update: Arc<Encoded>) -> Vec<Arc<Encoded>> {
        let Some(access) = update.snapshot::<GetAccessResponse>() else { return Vec::new() };
        let is_same_member = access.member == self.calls.local.session.member;
        if access.permissions == self.permissions && is_same_member {
            return Vec::new();
        }
        self.permissions = access.permissions;
        // Commands from now on are decided by an answer that is no older, whichever replica of sync-svc decides.
        self.calls.access_changed_us.store(self.clock.now_us(), Ordering::Relaxed);
        if !is_same_member {
            // A later join tells sync-svc the new name and role.
            let mut local = Local::clone(&self.calls.local);
            local.session.member = access.member;
            let local = Arc::new(local);
            self.calls.hub.enter(local.clone());
            self.calls = Arc::new(SessionCalls { local, ..SessionCalls::clone(&self.calls) });
        }
        let mut frames = vec![update];
        for number in self.observed.iter().collect::<Vec<_>>() {
            if let Err(error) = self.may_observe(number) {
                self.observed.remove(number);
                frames.push(Arc::new(ended(error)));
            }
        }
        frames
    }

    /// Takes up a link that was asked for before the session began.
    pub(super) fn take_up(&mut self, link: Link) {
        self.linked_item = link.item_id;
        self.lanes.links.replace(link.request);
    }

    /// Asks for a new link when another item is on and the client observes it.
    pub(super) fn link(&mut self, concerns: Concerns) {
        if !self.observed.has(Known::PlaybackInfo.into()) {
            return;
        }
        let hub = &self.calls.hub;
        let Some(item_id) = hub.item_unless(&self.linked_item) else { return };
        if item_id.is_empty() {
            return self.unlink();
        }
        let delay = if concerns == Concerns::Everyone && hub.crowd() > 0 {
            rand::thread_rng().gen_range(Duration::ZERO..SPREAD)
        } else {
            Duration::ZERO
        };
        let identity = self.calls.local.identity.clone();
        let link =
            Link::ask(&self.calls.services, hub.resources(), identity, (&hub.room_id, &item_id), delay);
        self.take_up(link);
    }

    /// Forgets the link, and stops asking for one.
    pub(super) fn unlink(&mut self) {
        self.linked_item.clear();
        self.lanes.links.clear();
    }
}

/// Tells that an observation ended or did not begin.
fn ended(error: impl Into<Status>) -> Encoded {
    unasked(Kind::Rejected(rejected(&error.into())))
}
