//! Holds: starts that wait until the players that count are ready, or the limit is over.

use std::collections::HashSet;

use proto::sync::v1::{Hold, HoldReason, PlaybackChange, PlayerState, Seat};

use super::{
    people::{Await, awaited, free_other_devices},
    waiting::{has_to_wait, limit_us},
};
use crate::playback::{
    draft::Draft,
    model::{
        Room,
        seat::{delay_ms, has_player, is_excused, state_of},
    },
};

/// Sessions that a hold lists at most; the presence of each session tells the rest.
const MOST_LISTED: usize = 100;
/// While a hold waits for so few sessions, it announces each that becomes ready.
const FEW: usize = 16;
/// Bounds of how far ahead a start is announced.
const SHORTEST_LEAD_US: i64 = 150_000;
const LONGEST_LEAD_US: i64 = 800_000;
/// A report that arrives this soon after a start or a hold, besides its way, may have been sent before its player knew.
const KNOWN_AFTER_US: i64 = 500_000;

/// Starts the motion from the anchor: after the lead, or when the players that count are ready.
pub(in crate::playback) fn begin_motion(
    draft: &mut Draft,
    change: PlaybackChange,
    reason: HoldReason,
    whom: Await,
) {
    draft.room.playback.playing = true;
    let awaited = awaited(draft, &draft.room.playback.item_id, whom);
    if awaited.is_empty() {
        return start(draft, change);
    }
    hold(draft, change, reason, &awaited);
}

/// Holds the motion at the anchor until these sessions are ready.
pub(super) fn hold(draft: &mut Draft, change: PlaybackChange, reason: HoldReason, awaited: &[String]) {
    let (since_us, until_us) = (draft.now_us, draft.now_us + limit_us(draft));
    let waiting_session_ids = awaited.iter().take(MOST_LISTED).cloned().collect();
    // A client that computes the position without regard to the hold stands still as long as the hold may last.
    draft.room.playback.anchor_server_us = until_us + lead_us(&draft.room);
    draft.room.playback.hold = Some(Hold { reason: reason.into(), since_us, until_us, waiting_session_ids });
    let awaited: HashSet<_> = awaited.iter().map(String::as_str).collect();
    let is_awaited =
        |seat: &Seat| seat.session.as_ref().is_some_and(|session| awaited.contains(session.id.as_str()));
    draft.change_seats(|seat| seat.awaited != is_awaited(seat), |seat| seat.awaited = !seat.awaited);
    draft.emit(change, since_us);
}

/// Moves from the anchor after the lead.
fn start(draft: &mut Draft, change: PlaybackChange) {
    end_hold(draft);
    forget_ends(draft);
    let start_us = draft.now_us + lead_us(&draft.room);
    draft.room.playback.anchor_server_us = start_us;
    draft.emit(change, start_us);
}

/// Ends a hold. What happens then is up to the caller.
pub(in crate::playback) fn end_hold(draft: &mut Draft) {
    if draft.room.playback.hold.take().is_some() {
        draft.change_seats(|seat| seat.awaited, |seat| seat.awaited = false);
    }
}

/// Forgets which players reported the end: the room starts from another position.
pub(super) fn forget_ends(draft: &mut Draft) {
    draft.change_seats(|seat| seat.ended_at_us != 0, |seat| seat.ended_at_us = 0);
}

/// Starts when the limit of the hold is over.
pub(in crate::playback) fn expire_hold(draft: &mut Draft) {
    if draft.room.playback.hold.as_ref().is_some_and(|hold| hold.until_us <= draft.now_us) {
        start(draft, PlaybackChange::Release);
    }
}

/// Starts when enough people are ready. Otherwise announces for whom the hold still waits.
pub(in crate::playback) fn settle_hold(draft: &mut Draft) {
    let Some(hold) = &draft.room.playback.hold else { return };
    let listed = hold.waiting_session_ids.len();
    let (ready, unready) = free_other_devices(draft);
    if !has_to_wait(draft, ready, unready) {
        return start(draft, PlaybackChange::Release);
    }
    let waiting: Vec<_> = draft.room.seats.iter().filter(|seat| seat.seat.awaited).collect();
    // In a large room announcing each would send one long list to each member.
    if waiting.len() < listed && (waiting.len() <= FEW || waiting.len() * 2 <= listed) {
        let ids = waiting.iter().map(|seat| seat.session().id.clone()).collect();
        if let Some(hold) = &mut draft.room.playback.hold {
            hold.waiting_session_ids = ids;
        }
        draft.emit(PlaybackChange::Hold, draft.now_us);
    }
}

/// Whether a hold need not wait for this seat any more, after what its player reported.
pub(in crate::playback) fn is_waited_out(draft: &Draft, seat: &Seat) -> bool {
    let (Some(hold), Some(session)) = (&draft.room.playback.hold, &seat.session) else { return true };
    if is_excused(session) {
        return true;
    }
    if session.status.as_ref().is_none_or(|status| status.item_id != draft.room.playback.item_id) {
        return false;
    }
    match state_of(session) {
        PlayerState::Ready | PlayerState::Blocked | PlayerState::Failed => true,
        PlayerState::InSync | PlayerState::Adjusting | PlayerState::Ended => {
            is_known_since(hold.since_us, draft.now_us, delay_ms(session))
        }
        PlayerState::Unspecified | PlayerState::Loading | PlayerState::Stalled => false,
    }
}

/// Whether a player that reports now must know of what happened at `since_us`.
pub(super) fn is_known_since(since_us: i64, now_us: i64, delay_ms: f64) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "the contract bounds delays to a minute")]
    let round_trip_us = (2000.0 * delay_ms) as i64;
    now_us.saturating_sub(since_us.saturating_add(KNOWN_AFTER_US)) >= round_trip_us
}

/// How far ahead a start has to be announced, so that the slowest player hears of it in time: twice its one-way delay,
/// within bounds. Players that are never awaited do not make the others wait here either.
pub(super) fn lead_us(room: &Room) -> i64 {
    let sessions = room.seats.iter().map(|seat| seat.session());
    let slowest_ms = sessions
        .filter(|session| has_player(session) && !is_excused(session))
        .map(delay_ms)
        .fold(0.0, f64::max);
    #[expect(clippy::cast_possible_truncation, reason = "the contract bounds delays to a minute")]
    let lead_us = (2000.0 * slowest_ms) as i64;
    lead_us.clamp(SHORTEST_LEAD_US, LONGEST_LEAD_US)
}
