//! What people want.

use proto::sync::v1::{Command, HoldReason, PlaybackChange, command::Action};

use super::{Chosen, Rejection, Room, motion::stands_at_end, people::Await, position_us, turn::Turn};

/// Whether the command still means what its sender saw.
pub(super) fn guard(room: &Room, command: &Command) -> Result<(), Rejection> {
    let state = &room.playback;
    if command.expected_seq.is_some_and(|expected| expected != state.seq) {
        return Err(Rejection::StaleSequence { seq: state.seq });
    }
    if !command.item_id.is_empty() && command.item_id != state.item_id {
        return Err(Rejection::ItemMismatch { current: state.item_id.clone() });
    }
    Ok(())
}

impl Turn {
    /// `item` is where a change of item leads.
    pub(super) fn command(
        &mut self,
        command: &Command,
        by: &str,
        item: Option<&Chosen>,
    ) -> Result<(), Rejection> {
        by.clone_into(&mut self.by);
        command.id.clone_into(&mut self.command_id);
        if self.room.seats.is_empty() {
            // Someone minds the room, even without a connection to it.
            self.room.empty_since_us = self.now_us;
        }
        let needs_item = matches!(
            command.action,
            Some(
                Action::Play(_)
                    | Action::Seek(_)
                    | Action::SeekBy(_)
                    | Action::UndoSeek(_)
                    | Action::SetRate(_)
            )
        );
        if needs_item && self.room.playback.item_id.is_empty() {
            return Err(Rejection::NoItem);
        }
        match &command.action {
            Some(Action::Play(_)) => self.play(),
            Some(Action::Pause(_)) => self.pause(),
            Some(Action::Seek(seek)) => self.seek(seek.position_us),
            Some(Action::SeekBy(by)) => self.seek_by(by.offset_us),
            Some(Action::UndoSeek(_)) => self.undo_seek()?,
            Some(Action::SetRate(set)) => self.set_rate(set.rate),
            Some(Action::ChangeItem(_) | Action::Next(_) | Action::Previous(_)) => {
                self.choose(item.ok_or(Rejection::NoItem)?, true);
            }
            Some(Action::Stop(_)) => self.stop(),
            // The contract requires an action; without one there is nothing to do, and nothing to do it to.
            None => return Err(Rejection::NoItem),
        }
        Ok(())
    }

    fn play(&mut self) {
        if self.room.playback.playing {
            // It does already; the sender is told where.
            return self.emit(PlaybackChange::Play, self.now_us);
        }
        if stands_at_end(&self.room.playback) {
            self.room.playback.anchor_media_us = 0;
            return self.begin_motion(PlaybackChange::Play, HoldReason::Seek, Await::ThoseWithItem);
        }
        self.begin_motion(PlaybackChange::Play, HoldReason::NewItem, Await::Unready);
    }

    /// Acts at once: everyone settles on where the room is now.
    pub(super) fn pause(&mut self) {
        self.anchor_here(self.now_us);
        self.end_hold();
        self.room.playback.playing = false;
        self.emit(PlaybackChange::Pause, self.now_us);
    }

    fn set_rate(&mut self, rate: f64) {
        let (hold, starts_us) = (self.room.playback.hold.is_some(), self.room.playback.anchor_server_us);
        // A start that was announced stays where and when it was.
        if !hold && starts_us <= self.now_us {
            self.anchor_here(self.now_us);
        }
        self.room.playback.rate = rate;
        self.emit(PlaybackChange::Rate, self.now_us);
    }

    /// Takes no item.
    pub(super) fn stop(&mut self) {
        self.end_hold();
        let playback = &mut self.room.playback;
        (playback.playing, playback.rate) = (false, 1.0);
        (playback.anchor_media_us, playback.anchor_server_us) = (0, self.now_us);
        playback.item_id.clear();
        (playback.duration_us, playback.undo) = (0, None);
        self.emit(PlaybackChange::Stop, self.now_us);
    }

    /// Puts the anchor where the room is at a moment.
    pub(super) fn anchor_here(&mut self, at_us: i64) {
        self.room.playback.anchor_media_us = position_us(&self.room.playback, at_us);
        self.room.playback.anchor_server_us = self.now_us;
    }
}
