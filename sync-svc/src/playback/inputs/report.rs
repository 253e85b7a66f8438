//! Reports of players.

use proto::sync::v1::{PlayerState, PlayerStatus, Session};

use super::Rejection;
use crate::playback::{
    draft::Draft,
    model::{EncodedSeat, seat::is_ready},
    rules::{
        hold::{is_waited_out, settle_hold},
        reported_end::{end_by_reports, reported_end_us},
        stall::{may_hold_up, stop_for_stalled},
    },
};

/// Takes a report. It is stored only if a rule or the other members look at what changed: a room of many gets hundreds of
/// reports a second.
pub(in crate::playback) fn report(
    draft: &mut Draft,
    session_id: &str,
    status: &PlayerStatus,
) -> Result<(), Rejection> {
    let (index, before) = draft.find(session_id).ok_or(Rejection::UnknownSession)?;
    let mut seat = before.seat.clone();
    if let Some(session) = &mut seat.session {
        session.status = Some(status.clone());
    }
    if status.item_id == draft.room.playback.item_id && is_ready(status.state()) {
        seat.settled = true;
    }
    seat.awaited = seat.awaited && !is_waited_out(draft, &seat);
    seat.ended_at_us = reported_end_us(draft, &seat);
    let stalls = may_hold_up(draft, &seat);
    let session = seat.session.clone().unwrap_or_default();
    if others_see(before.session(), status) {
        draft.tell_upserted(&session);
    }
    let is_same = seat.settled == before.seat.settled
        && seat.awaited == before.seat.awaited
        && seat.ended_at_us == before.seat.ended_at_us;
    if is_same && !stalls && !rules_see(before.session(), status) {
        return Ok(());
    }
    draft.room.seats[index] = EncodedSeat::new(seat);
    draft.changed = true;
    if stalls {
        stop_for_stalled(draft);
    } else {
        settle_hold(draft);
    }
    end_by_reports(draft);
    Ok(())
}

/// Whether a report changes what a rule looks at.
fn rules_see(before: &Session, status: &PlayerStatus) -> bool {
    let Some(old) = &before.status else { return true };
    let change_ms = (old.delay_ms - status.delay_ms).abs();
    others_see(before, status)
        || old.prepared_item_id != status.prepared_item_id
        || change_ms > (old.delay_ms * 0.25).max(20.0)
}

/// Whether a report changes what all members see. A player in sync is corrected now and then; whoever wants to see that
/// observes the reports themselves.
fn others_see(before: &Session, status: &PlayerStatus) -> bool {
    let Some(old) = &before.status else { return true };
    shown(old.state()) != shown(status.state())
        || old.item_id != status.item_id
        || old.excused != status.excused
}

fn shown(state: PlayerState) -> PlayerState {
    if state == PlayerState::Adjusting { PlayerState::InSync } else { state }
}
