//! What a session tells its client.

use proto::realtime::v1::{Resource, Resync, server_frame::Kind};

use super::{
    feed::closed,
    frames::unasked,
    hub::{Audience, Entry},
    lanes::Outcome,
    links::Concerns,
    mirror::Position,
    session::{End, Session, Step},
    socket::{Socket, code},
};

impl Session {
    pub(super) async fn settle(socket: &mut Socket, outcome: Outcome) -> Step {
        for frame in &outcome.frames {
            socket.feed(frame).await?;
        }
        socket.flush().await?;
        if !outcome.closed {
            return Ok(());
        }
        Box::pin(async {
            socket.send(&unasked(closed("NOT_A_MEMBER", "you are no member of this room any more"))).await?;
            Err(End::Close(code::POLICY, "not a member"))
        })
        .await
    }

    pub(super) async fn deliver(&mut self, socket: &mut Socket) -> Step {
        let Ok(entries) = self.attachment.read() else { return Box::pin(self.resync(socket)).await };
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
        self.link(Concerns::Everyone);
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
            Audience::Quality => self.observed.has(Resource::Quality),
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
        self.tell_members(socket).await?;
        self.link(Concerns::Everyone);
        // Chat the client reads itself, from the last message it has.
        for resource in [Resource::Settings, Resource::Playlist] {
            if self.observed.has(resource) {
                self.read_anew(resource);
            }
        }
        Ok(socket.flush().await?)
    }

    pub(super) fn read_anew(&mut self, resource: Resource) {
        if !matches!(resource, Resource::Members | Resource::Playback | Resource::PlaybackInfo) {
            let request = self.asker.observe(String::new(), resource);
            self.lanes.other.push(request);
        }
    }

    /// Who is there, if that is observed: each part by itself, so that what holds it stays small.
    pub(super) async fn tell_members(&mut self, socket: &mut Socket) -> Step {
        if self.observed.has(Resource::Members) {
            for part in self.attachment.members().iter() {
                socket.send(part).await?;
            }
        }
        Ok(())
    }

    pub(super) fn observe(&mut self, resource: Resource) {
        self.observed.add(resource);
        if resource == Resource::Quality && self.quality.is_none() {
            self.quality = Some(self.attachment.hub.observe_quality());
        }
    }

    pub(super) fn unobserve(&mut self, resource: Resource) {
        self.observed.remove(resource);
        match resource {
            Resource::Quality => self.quality = None,
            Resource::PlaybackInfo => self.unlink(),
            _ => {}
        }
    }
}
