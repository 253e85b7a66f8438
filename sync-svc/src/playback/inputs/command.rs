//! Commands of people.

use proto::sync::v1::{Command, HoldReason, PlaybackChange, command::Action};

use super::Rejection;
use crate::playback::{
    draft::Draft,
    model::{Item, Room, stands_at_end},
    rules::{
        hold::{begin_motion, end_hold},
        item,
        people::Await,
        seek, skip,
    },
};

/// Rejects a command whose guards name another state than the present one.
pub(in crate::playback) fn guard(room: &Room, command: &Command) -> Result<(), Rejection> {
    let state = &room.playback;
    if command.expected_seq.is_some_and(|expected| expected != state.seq) {
        return Err(Rejection::StaleSequence { seq: state.seq });
    }
    if !command.item_id.is_empty() && command.item_id != state.item_id {
        return Err(Rejection::ItemMismatch { current: state.item_id.clone() });
    }
    Ok(())
}

/// Carries out a command. `next` is the item to which a command that changes the item leads.
pub(in crate::playback) fn carry_out(
    draft: &mut Draft,
    command: &Command,
    by: &str,
    next: Option<&Item>,
) -> Result<(), Rejection> {
    by.clone_into(&mut draft.by);
    command.id.clone_into(&mut draft.command_id);
    if draft.room.seats.is_empty() {
        // Someone takes care of the room, even without a session.
        draft.room.empty_since_us = draft.now_us;
    }
    let needs_item = matches!(
        command.action,
        Some(
            Action::Play(_)
                | Action::Seek(_)
                | Action::SeekBy(_)
                | Action::UndoSeek(_)
                | Action::SetRate(_)
                | Action::VoteSkip(_)
        )
    );
    if needs_item && draft.room.playback.item_id.is_empty() {
        return Err(Rejection::NoItem);
    }
    match &command.action {
        Some(Action::Play(_)) => play(draft),
        Some(Action::Pause(_)) => pause(draft),
        Some(Action::Seek(to)) => seek::seek(draft, to.position_us),
        Some(Action::SeekBy(by)) => seek::seek_by(draft, by.offset_us),
        Some(Action::UndoSeek(_)) => seek::undo(draft).ok_or(Rejection::NothingToUndo)?,
        Some(Action::SetRate(set)) => set_rate(draft, set.rate),
        Some(Action::ChangeItem(_) | Action::Next(_) | Action::Previous(_)) => {
            item::choose(draft, next.ok_or(Rejection::NoItem)?, true);
        }
        Some(Action::Stop(_)) => item::remove(draft),
        Some(Action::VoteSkip(vote)) => vote_skip(draft, by, vote.withdraw)?,
        // The contract requires an action.
        None => return Err(Rejection::NoItem),
    }
    Ok(())
}

/// Plays. At the end of the item playback starts from the beginning.
fn play(draft: &mut Draft) {
    if draft.room.playback.playing {
        // Nothing changes, but the sender gets the present state.
        return draft.emit(PlaybackChange::Play, draft.now_us);
    }
    if stands_at_end(&draft.room.playback) {
        draft.room.playback.anchor_media_us = 0;
        return begin_motion(draft, PlaybackChange::Play, HoldReason::Seek, Await::ThoseWithItem);
    }
    begin_motion(draft, PlaybackChange::Play, HoldReason::NewItem, Await::Unready);
}

/// Pauses at once: all players settle on the position of now.
fn pause(draft: &mut Draft) {
    draft.anchor_at(draft.now_us);
    end_hold(draft);
    draft.room.playback.playing = false;
    draft.emit(PlaybackChange::Pause, draft.now_us);
}

fn set_rate(draft: &mut Draft, rate: f64) {
    let (hold, starts_us) = (draft.room.playback.hold.is_some(), draft.room.playback.anchor_server_us);
    // A start that is announced keeps its time and place.
    if !hold && starts_us <= draft.now_us {
        draft.anchor_at(draft.now_us);
    }
    draft.room.playback.rate = rate;
    draft.emit(PlaybackChange::Rate, draft.now_us);
}

/// Takes a vote to skip the current item. The room goes on in a step of its own: only room-svc knows what follows.
fn vote_skip(draft: &mut Draft, by: &str, withdraw: bool) -> Result<(), Rejection> {
    if draft.room.queue.skip_disabled {
        return Err(Rejection::SkipVoteOff);
    }
    if !draft.room.is_present(by) {
        return Err(Rejection::UnknownSession);
    }
    if !draft.room.may_vote_ids.iter().any(|voter| voter == by) {
        return Err(Rejection::MayNotVote);
    }
    skip::vote(draft, by, withdraw);
    Ok(())
}
