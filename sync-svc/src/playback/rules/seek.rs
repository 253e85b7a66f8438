//! Seeks, and undoing the last one.

use proto::sync::v1::{HoldReason, PlaybackChange, SeekUndo};

use super::{hold::begin_motion, people::Await};
use crate::playback::{
    draft::Draft,
    model::{motion::last_position_us, position_us},
};

/// How long a seek can be undone.
const UNDO_US: i64 = 30_000_000;
/// Seeks within this time of each other count as one: the person is looking for a scene.
const BURST_US: i64 = 3_000_000;

/// Seeks to a position.
pub(in crate::playback) fn seek(draft: &mut Draft, position_us: i64) {
    remember_undo(draft);
    jump(draft, position_us);
}

/// Seeks relative to the position of now; while the room is paused, that may be a single frame.
pub(in crate::playback) fn seek_by(draft: &mut Draft, offset_us: i64) {
    let here_us = position_us(&draft.room.playback, draft.now_us);
    seek(draft, here_us.saturating_add(offset_us));
}

/// Undoes the last seek; `None` when there is none to undo. An undo itself cannot be undone.
pub(in crate::playback) fn undo(draft: &mut Draft) -> Option<()> {
    draft.expire_undo();
    let undo = draft.room.playback.undo.take()?;
    draft.room.seeked_at_us = 0;
    jump(draft, undo.position_us);
    Some(())
}

fn jump(draft: &mut Draft, position_us: i64) {
    let playback = &mut draft.room.playback;
    playback.anchor_media_us = position_us.clamp(0, last_position_us(playback));
    if playback.playing {
        begin_motion(draft, PlaybackChange::Seek, HoldReason::Seek, Await::ThoseWithItem);
    } else {
        playback.anchor_server_us = draft.now_us;
        draft.emit(PlaybackChange::Seek, draft.now_us);
    }
}

fn remember_undo(draft: &mut Draft) {
    let here_us = position_us(&draft.room.playback, draft.now_us);
    let in_burst = draft.now_us.saturating_sub(draft.room.seeked_at_us) <= BURST_US;
    let before = draft.room.playback.undo.filter(|_| in_burst);
    let position_us = before.map_or(here_us, |undo| undo.position_us);
    draft.room.playback.undo = Some(SeekUndo { position_us, until_us: draft.now_us + UNDO_US });
    draft.room.seeked_at_us = draft.now_us;
}
