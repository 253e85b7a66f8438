//! Sessions that join and leave.

use proto::{
    room::v1::Member,
    sync::v1::{PlaybackChange, Seat, Session},
};

use super::{MOST_SESSIONS, Rejection};
use crate::playback::{
    draft::Draft,
    model::{EncodedSeat, person},
    rules::{
        hold::{end_hold, settle_hold},
        owner::{note_absence, notice_owner},
        reported_end::end_by_reports,
        skip,
    },
};

/// A room that was empty for longer is paused where the last session left it.
const ABANDONED_AFTER_US: i64 = 15_000_000;

/// A session that joins changes nothing for the others.
pub(in crate::playback) fn join(draft: &mut Draft, session: &Session) -> Result<(), Rejection> {
    pause_if_abandoned(draft);
    let joined_at_us = joined_at_us(draft, session);
    let seat = Seat { session: Some(session.clone()), joined_at_us, ..Seat::default() };
    match draft.find(&session.id) {
        Some((index, _)) => draft.room.seats[index] = EncodedSeat::new(seat),
        None if draft.room.seats.len() >= MOST_SESSIONS => return Err(Rejection::TooManySessions),
        None => draft.room.seats.push(EncodedSeat::new(seat)),
    }
    draft.room.empty_since_us = 0;
    draft.changed = true;
    draft.tell_upserted(session);
    notice_owner(draft);
    skip::recount(draft);
    // The session may be one that was awaited and rejoins over a new connection.
    settle_hold(draft);
    Ok(())
}

/// A person with another session has been present since that one joined.
fn joined_at_us(draft: &Draft, session: &Session) -> i64 {
    let theirs = draft.room.seats.iter().filter(|seat| person(seat.session()) == person(session));
    theirs.map(|seat| seat.seat.joined_at_us).min().unwrap_or(draft.now_us)
}

/// The first session in a room that was empty for long finds the film where the last one left it.
fn pause_if_abandoned(draft: &mut Draft) {
    let left_us = draft.room.empty_since_us;
    if draft.room.seats.is_empty()
        && draft.room.playback.playing
        && draft.now_us.saturating_sub(left_us) > ABANDONED_AFTER_US
    {
        draft.anchor_at(left_us);
        end_hold(draft);
        draft.room.playback.playing = false;
        draft.emit(PlaybackChange::Pause, draft.now_us);
    }
}

/// The name, the role or the permissions of a person changed: all their sessions show it to the others.
pub(in crate::playback) fn member_changed(draft: &mut Draft, member: &Member) {
    let shows_old = |seat: &Seat| {
        let known = seat.session.as_ref().and_then(|session| session.member.as_ref());
        known.is_some_and(|known| known.subject_id == member.subject_id && known != member)
    };
    let stale = draft.room.seats.iter().filter(|seat| shows_old(&seat.seat));
    let ids: Vec<String> = stale.map(|seat| seat.session().id.clone()).collect();
    draft.change_seats(shows_old, |seat| {
        if let Some(session) = &mut seat.session {
            session.member = Some(member.clone());
        }
    });
    for id in ids {
        if let Some((_, seat)) = draft.find(&id) {
            draft.tell_upserted(seat.session());
        }
    }
}

pub(in crate::playback) fn leave(draft: &mut Draft, session_id: &str, silent_us: i64) {
    remove(draft, |session| session.id == session_id, silent_us);
}

/// A gateway counts as gone once its lease is over, so its last sign of life is at least that old. An absence counts from
/// there, and not from when the loss was found (document 004, 4.1.3).
pub(in crate::playback) fn gateways_gone(draft: &mut Draft, gateways: &[String]) {
    if !gateways.is_empty() {
        let lease_us = draft.params.disconnect_us;
        remove(draft, |session| gateways.contains(&session.gateway_id), lease_us);
    }
}

pub(super) fn all_leave(draft: &mut Draft) {
    remove(draft, |_| true, 0);
}

fn remove(draft: &mut Draft, is_gone: impl Fn(&Session) -> bool, silent_us: i64) {
    let seats = std::mem::take(&mut draft.room.seats);
    let (gone, stay): (Vec<_>, Vec<_>) = seats.into_iter().partition(|seat| is_gone(seat.session()));
    draft.room.seats = stay;
    if gone.is_empty() {
        return;
    }
    draft.changed = true;
    for seat in &gone {
        draft.tell_removed(&seat.session().id);
    }
    if draft.room.seats.is_empty() {
        draft.room.empty_since_us = draft.now_us;
    }
    let since_us = draft.now_us - silent_us.max(0);
    note_absence(draft, &gone, since_us);
    settle_hold(draft);
    end_by_reports(draft);
    skip::recount(draft);
}
