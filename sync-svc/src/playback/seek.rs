//! Jumps, and taking one back.

use proto::sync::v1::{HoldReason, PlaybackChange, SeekUndo};

use super::{
    Rejection,
    motion::{last_position_us, position_us},
    people::Await,
    turn::Turn,
};

/// How long a jump can be taken back.
const UNDO_US: i64 = 30_000_000;
/// Jumps that follow each other within this time are one: someone looks for a place.
const BURST_US: i64 = 3_000_000;

impl Turn {
    pub(super) fn seek(&mut self, position_us: i64) {
        self.remember_jump();
        self.jump(position_us);
    }

    /// Jumps from where the room is now; while it stands, that may be a step of one frame.
    pub(super) fn seek_by(&mut self, offset_us: i64) {
        self.seek(position_us(&self.room.playback, self.now_us).saturating_add(offset_us));
    }

    /// Taking back is no jump that could be taken back in turn.
    pub(super) fn undo_seek(&mut self) -> Result<(), Rejection> {
        self.forget_old_undo();
        let undo = self.room.playback.undo.take().ok_or(Rejection::NothingToUndo)?;
        self.room.seeked_at_us = 0;
        self.jump(undo.position_us);
        Ok(())
    }

    fn jump(&mut self, position_us: i64) {
        let playback = &mut self.room.playback;
        playback.anchor_media_us = position_us.clamp(0, last_position_us(playback));
        if playback.playing {
            self.begin_motion(PlaybackChange::Seek, HoldReason::Seek, Await::ThoseWithItem);
        } else {
            playback.anchor_server_us = self.now_us;
            self.emit(PlaybackChange::Seek, self.now_us);
        }
    }

    fn remember_jump(&mut self) {
        let here_us = position_us(&self.room.playback, self.now_us);
        let in_burst = self.now_us.saturating_sub(self.room.seeked_at_us) <= BURST_US;
        let before = self.room.playback.undo.filter(|_| in_burst);
        let position_us = before.map_or(here_us, |undo| undo.position_us);
        self.room.playback.undo = Some(SeekUndo { position_us, until_us: self.now_us + UNDO_US });
        self.room.seeked_at_us = self.now_us;
    }

    pub(super) fn forget_old_undo(&mut self) {
        if self.room.playback.undo.is_some_and(|undo| undo.until_us <= self.now_us) {
            self.room.playback.undo = None;
        }
    }
}
