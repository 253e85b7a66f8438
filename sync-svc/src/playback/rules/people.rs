//! For whom a start waits. People count, not sessions: a person with several devices is ready as soon as one of their
//! players is.

use std::collections::HashSet;

use proto::sync::v1::{PlayerState, Seat, Session};

use super::waiting::has_to_wait;
use crate::playback::{
    draft::Draft,
    model::{
        EncodedSeat, person,
        seat::{has_item, has_player, has_prepared, is_excused, is_ready, plays, state_of},
    },
};

/// Which players a start waits for.
#[derive(Debug, Clone, Copy)]
pub(in crate::playback) enum Await {
    /// All but those that have prepared the item: each has to load it.
    All,
    /// Those that have the item: each has to fetch another part of it.
    ThoseWithItem,
    /// Those that are not ready for the item.
    Unready,
    /// Those that have run out of data.
    Stalled,
}

/// How a session counts for a start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readiness {
    Ready,
    Unready,
    Uncounted,
}

/// The sessions for which a start of this item waits under the policy of the room.
pub(super) fn awaited(draft: &Draft, item_id: &str, whom: Await) -> Vec<String> {
    let (mut ready, mut unready) = (HashSet::new(), HashSet::new());
    for session in counted(draft, item_id).map(EncodedSeat::session) {
        match readiness(session, item_id, whom) {
            Readiness::Ready => ready.insert(person(session)),
            Readiness::Unready => unready.insert(person(session)),
            Readiness::Uncounted => continue,
        };
    }
    unready.retain(|person| !ready.contains(person));
    if !has_to_wait(draft, ready.len(), unready.len()) {
        return Vec::new();
    }
    let awaited = counted(draft, item_id).map(EncodedSeat::session).filter(|session| {
        unready.contains(person(session)) && readiness(session, item_id, whom) == Readiness::Unready
    });
    awaited.map(|session| session.id.clone()).collect()
}

/// During a hold: stops waiting for further devices of people who have a ready player. Returns the number of people who
/// are ready, and of those who are awaited.
pub(super) fn free_other_devices(draft: &mut Draft) -> (usize, usize) {
    let item_id = &draft.room.playback.item_id;
    let is_ready = |seat: &&EncodedSeat| {
        !seat.seat.awaited && readiness(seat.session(), item_id, Await::Unready) == Readiness::Ready
    };
    let ready: HashSet<_> =
        counted(draft, item_id).filter(is_ready).map(|seat| person(seat.session())).collect();
    let awaited = draft.room.seats.iter().filter(|seat| seat.seat.awaited);
    let (freed, unready): (HashSet<_>, HashSet<_>) =
        awaited.map(|seat| person(seat.session())).partition(|person| ready.contains(person));
    let counts = (ready.len(), unready.len());
    // Few people have several devices, so mostly this is empty.
    if !freed.is_empty() {
        let freed: HashSet<_> = freed.into_iter().map(str::to_owned).collect();
        let is_freed = |seat: &Seat| {
            seat.awaited && seat.session.as_ref().is_some_and(|session| freed.contains(person(session)))
        };
        draft.change_seats(is_freed, |seat| seat.awaited = false);
    }
    counts
}

/// Seats with a player for which a start may wait. Nobody waits for a session that has just joined, unless there is no
/// other.
fn counted<'a>(draft: &'a Draft, item_id: &'a str) -> impl Iterator<Item = &'a EncodedSeat> {
    let candidates = || {
        draft.room.seats.iter().map(AsRef::as_ref).filter(move |seat: &&EncodedSeat| {
            let session = seat.session();
            // A player that failed at another item may well play this one.
            let failed_before =
                plays(session) && state_of(session) == PlayerState::Failed && !has_item(session, item_id);
            (has_player(session) || failed_before) && !is_excused(session)
        })
    };
    let any_settled = candidates().any(|seat| seat.seat.settled);
    candidates().filter(move |seat| seat.seat.settled || !any_settled)
}

fn readiness(session: &Session, item_id: &str, whom: Await) -> Readiness {
    let (has_item, state) = (has_item(session, item_id), state_of(session));
    let readiness = |counts: bool, ready: bool| match (counts, ready) {
        (false, _) => Readiness::Uncounted,
        (true, true) => Readiness::Ready,
        (true, false) => Readiness::Unready,
    };
    match whom {
        Await::ThoseWithItem => readiness(has_item, false),
        Await::Unready if has_item => readiness(true, is_ready(state)),
        Await::All | Await::Unready => readiness(true, has_prepared(session, item_id)),
        Await::Stalled => {
            readiness(has_item && (is_ready(state) || state == PlayerState::Stalled), is_ready(state))
        }
    }
}
