//! A step of a room in the making. Rules and inputs change the room through it.

use std::sync::Arc;

use proto::sync::v1::{PlaybackChange, PlaybackEvent, PresenceChange, Seat, Session, presence_change::Kind};

use super::model::{EncodedSeat, Params, Room, position_us};

/// The result of an input.
#[derive(Debug)]
pub(crate) struct Step {
    /// The room after the input.
    pub(crate) room: Room,
    /// Whether the room differs from before, so that it has to be stored.
    pub(crate) changed: bool,
    /// Changes of the playback, in order.
    pub(crate) events: Vec<PlaybackEvent>,
    /// Changes of the sessions, in order.
    pub(crate) notices: Vec<PresenceChange>,
}

/// The room as changed so far, and what is to be announced.
pub(super) struct Draft {
    pub(super) room: Room,
    pub(super) now_us: i64,
    pub(super) params: Params,
    /// The sender of the command and its id; empty: the room changes by itself.
    pub(super) by: String,
    pub(super) command_id: String,
    pub(super) changed: bool,
    events: Vec<PlaybackEvent>,
    notices: Vec<PresenceChange>,
}

impl Draft {
    pub(super) fn new(room: &Room, now_us: i64, params: Params) -> Self {
        Self {
            room: room.clone(),
            now_us,
            params,
            by: String::new(),
            command_id: String::new(),
            changed: false,
            events: Vec::new(),
            notices: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Step {
        Step { room: self.room, changed: self.changed, events: self.events, notices: self.notices }
    }

    /// Numbers a change of the playback and announces it.
    pub(super) fn emit(&mut self, change: PlaybackChange, execute_at_us: i64) {
        self.changed = true;
        self.expire_undo();
        self.room.playback.seq += 1;
        self.room.playback.phase = self.room.phase().into();
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

    /// Announces a session that joined or changed.
    pub(super) fn tell_upserted(&mut self, session: &Session) {
        self.notices.push(PresenceChange { kind: Some(Kind::Upserted(session.clone())) });
    }

    /// Announces a session that left.
    pub(super) fn tell_removed(&mut self, session_id: &str) {
        self.notices.push(PresenceChange { kind: Some(Kind::RemovedSessionId(session_id.to_owned())) });
    }

    /// Changes the seats that need it. The others stay shared with the room before the step.
    pub(super) fn change_seats(&mut self, needs: impl Fn(&Seat) -> bool, change: impl Fn(&mut Seat)) {
        for encoded in self.room.seats.iter_mut().filter(|encoded| needs(&encoded.seat)) {
            let mut seat = encoded.seat.clone();
            change(&mut seat);
            *encoded = EncodedSeat::new(seat);
            self.changed = true;
        }
    }

    /// The seat of a session, and its index.
    pub(super) fn find(&self, session_id: &str) -> Option<(usize, Arc<EncodedSeat>)> {
        let index = self.room.seats.iter().position(|seat| seat.session().id == session_id)?;
        Some((index, self.room.seats[index].clone()))
    }

    /// Moves the anchor to where the room is at a time.
    pub(super) fn anchor_at(&mut self, at_us: i64) {
        self.room.playback.anchor_media_us = position_us(&self.room.playback, at_us);
        self.room.playback.anchor_server_us = self.now_us;
    }

    pub(super) fn expire_undo(&mut self) {
        if self.room.playback.undo.is_some_and(|undo| undo.until_us <= self.now_us) {
            self.room.playback.undo = None;
        }
    }
}
