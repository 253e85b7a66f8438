//! What a session sends to its client.

use proto::realtime::v1::{Resource as Known, Resync, server_frame::Kind};

use super::{
    entry::{Audience, Entry, closed},
    frames::unasked,
    links::Concerns,
    mirror::Position,
    request::Outcome,
    session::{End, Session, Step},
    socket::{Socket, code},
};

impl Session {
    /// Sends what a request led to.
    pub(super) async fn settle(&mut self, socket: &mut Socket, outcome: Outcome) -> Step {
        for frame in &outcome.frames {
            socket.feed(frame).await?;
        }
        if let Some(access) = outcome.access {
            for frame in self.take_access(access) {
                socket.feed(&frame).await?;
            }
        }
        socket.flush().await?;
        let Some(notice) = outcome.closed else { return Ok(()) };
        Box::pin(async {
            socket.send(&unasked(closed(notice))).await?;
            Err(End::Close(code::POLICY, "not a member"))
        })
        .await
    }

    /// Sends the next entries of the room.
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

    /// Whether an entry is for this socket. Does what the entry asks of the session besides.
    fn wants(&mut self, entry: &Entry) -> bool {
        let local = &self.calls.local;
        match &entry.audience {
            Audience::Playback(position) => {
                let is_news = *position > self.position;
                self.position = self.position.max(*position);
                is_news && self.observed.has(Known::Playback.into())
            }
            Audience::Resync(position) => {
                self.position = *position;
                true
            }
            Audience::Observers(number) => self.observed.has(*number),
            Audience::Members { gone } => {
                if gone.contains(&local.session.id) {
                    let rejoin = self.calls.rejoin();
                    self.lanes.other.push(rejoin);
                }
                self.observed.has(Known::Members.into())
            }
            Audience::Typing { session_id } => {
                self.observed.has(Known::Chat.into()) && *session_id != local.session.id
            }
            Audience::Session(session_id) => *session_id == local.session.id,
            Audience::Stale { resource, subject_id } => {
                let concerns = match subject_id {
                    Some(subject_id) if *subject_id != local.identity.subject_id => return false,
                    Some(_) => Concerns::One,
                    None => Concerns::Everyone,
                };
                if self.observed.has(*resource) {
                    self.refresh(*resource, concerns);
                }
                false
            }
            Audience::Closed => true,
        }
    }

    /// Sends the room anew to a socket that fell behind.
    async fn resync(&mut self, socket: &mut Socket) -> Step {
        let snapshot = self.attachment.resync();
        self.position = Position::of(snapshot.state.as_ref());
        socket.feed(&unasked(Kind::Resync(Resync { snapshot: Some(snapshot) }))).await?;
        let hub = self.calls.hub.clone();
        for number in self.observed.iter().collect::<Vec<_>>() {
            let Some(resource) = hub.resources().get(number) else { continue };
            if resource.snapshot.is_none() {
                for frame in hub.held(number).iter() {
                    socket.send(frame).await?;
                }
            } else if resource.is_personal() {
                // A log is read on by the client, from its last entry.
                if !resource.is_log() {
                    self.refresh(number, Concerns::One);
                }
            } else {
                let request = self.calls.observe(String::new(), number);
                self.lanes.other.push(request);
            }
        }
        self.link(Concerns::Everyone);
        Ok(socket.flush().await?)
    }
}
