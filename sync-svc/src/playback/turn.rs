//! A step of a room while it is being made.

use std::sync::Arc;

use proto::sync::v1::{PlaybackChange, PlaybackEvent, PresenceChange, Seat, Session, presence_change::Kind};

use super::{Params, Room, Step, phase::phase, room::Taken};

pub(super) struct Turn {
    pub(super) room: Room,
    pub(super) now_us: i64,
    pub(super) params: Params,
    /// Whose command it is, and which; empty: the room's own doing.
    pub(super) by: String,
    pub(super) command_id: String,
    pub(super) changed: bool,
    events: Vec<PlaybackEvent>,
    notices: Vec<PresenceChange>,
}

impl Turn {
    pub(super) fn new(room: &Room, now_us: i64, params: Params) -> Self {
        let (by, command_id) = (String::new(), String::new());
        Self {
            room: room.clone(),
            now_us,
            params,
            by,
            command_id,
            changed: false,
            events: Vec::new(),
            notices: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Step {
        Step { room: self.room, changed: self.changed, events: self.events, notices: self.notices }
    }

    /// Numbers a change of the playback and tells of it.
    pub(super) fn emit(&mut self, change: PlaybackChange, execute_at_us: i64) {
        self.changed = true;
        self.forget_old_undo();
        self.room.playback.seq += 1;
        self.room.playback.phase = phase(&self.room).into();
        self.events.push(PlaybackEvent {
            seq: self.room.playback.seq,
            execute_at_us,
            change: change.into(),
            state: Some(self.room.playback.clone()),
            issued_by: self.by.clone(),
            command_id: self.command_id.clone(),
            issued_at_us: self.now_us,
        });
    }

    pub(super) fn tell_upserted(&mut self, session: &Session) {
        self.notices.push(PresenceChange { kind: Some(Kind::Upserted(session.clone())) });
    }

    pub(super) fn tell_removed(&mut self, session_id: &str) {
        self.notices.push(PresenceChange { kind: Some(Kind::RemovedSessionId(session_id.to_owned())) });
    }

    /// Changes the seats that need it; the others are shared with the room before.
    pub(super) fn change_seats(&mut self, needs: impl Fn(&Seat) -> bool, change: impl Fn(&mut Seat)) {
        for taken in self.room.seats.iter_mut().filter(|taken| needs(&taken.seat)) {
            let mut seat = taken.seat.clone();
            change(&mut seat);
            *taken = Taken::new(seat);
            self.changed = true;
        }
    }

    pub(super) fn find(&self, session_id: &str) -> Option<(usize, Arc<Taken>)> {
        let index = self.room.seats.iter().position(|taken| taken.session().id == session_id)?;
        Some((index, self.room.seats[index].clone()))
    }
}
