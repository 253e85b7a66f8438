//! Who counts when a start waits. People count, not connections: someone with several devices is ready as soon as one
//! of their players is.

use std::collections::HashSet;

use proto::sync::v1::{PlayerState, Seat, Session};

use super::{
    hold::is_ready,
    motion::{has_player, is_excused, plays, state_of},
    room::Taken,
    turn::Turn,
};

/// Which players a start waits for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Await {
    /// All but those that prepared the item: each has to load it.
    All,
    /// Those that have the item: each has to fetch from elsewhere.
    ThoseWithItem,
    /// Those that are not ready for the item.
    Unready,
    /// Those that ran out of data while it played.
    Stalled,
}

/// How a connection stands to a start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Ready,
    Unready,
    /// Neither way.
    Uncounted,
}

impl Turn {
    /// The sessions that a start of this item waits for under the room's policy.
    pub(super) fn awaited(&self, item_id: &str, whom: Await) -> Vec<String> {
        let (mut ready, mut unready) = (HashSet::new(), HashSet::new());
        for session in self.counted(item_id).map(Taken::session) {
            match standing(session, item_id, whom) {
                Standing::Ready => ready.insert(person(session)),
                Standing::Unready => unready.insert(person(session)),
                Standing::Uncounted => continue,
            };
        }
        unready.retain(|person| !ready.contains(person));
        if !self.has_to_wait(ready.len(), unready.len()) {
            return Vec::new();
        }
        let awaited = self.counted(item_id).map(Taken::session).filter(|session| {
            unready.contains(person(session)) && standing(session, item_id, whom) == Standing::Unready
        });
        awaited.map(|session| session.id.clone()).collect()
    }

    /// During a hold: who has a ready player is waited for on no other. Gives how many people are ready, and how many
    /// are waited for.
    pub(super) fn forget_other_devices(&mut self) -> (usize, usize) {
        let item_id = &self.room.playback.item_id;
        let is_ready = |taken: &&Taken| {
            !taken.seat.awaited && standing(taken.session(), item_id, Await::Unready) == Standing::Ready
        };
        let ready: HashSet<_> =
            self.counted(item_id).filter(is_ready).map(|taken| person(taken.session())).collect();
        let awaited = self.room.seats.iter().filter(|taken| taken.seat.awaited);
        let (freed, unready): (HashSet<_>, HashSet<_>) =
            awaited.map(|taken| person(taken.session())).partition(|person| ready.contains(person));
        let counts = (ready.len(), unready.len());
        // Few people have several devices, so there is mostly nobody.
        if !freed.is_empty() {
            let freed: HashSet<_> = freed.into_iter().map(str::to_owned).collect();
            let is_freed = |seat: &Seat| {
                seat.awaited && seat.session.as_ref().is_some_and(|session| freed.contains(person(session)))
            };
            self.change_seats(is_freed, |seat| seat.awaited = false);
        }
        counts
    }

    /// Those with a player that a start may wait for. Someone who has just come holds nobody up, unless there is
    /// nobody else.
    fn counted<'a>(&'a self, item_id: &'a str) -> impl Iterator<Item = &'a Taken> {
        let candidates = || {
            self.room.seats.iter().map(AsRef::as_ref).filter(move |taken: &&Taken| {
                let session = taken.session();
                // A player that failed at the item before may well play this one.
                let failed_before =
                    plays(session) && state_of(session) == PlayerState::Failed && !has_item(session, item_id);
                (has_player(session) || failed_before) && !is_excused(session)
            })
        };
        let any_settled = candidates().any(|taken| taken.seat.settled);
        candidates().filter(move |taken| taken.seat.settled || !any_settled)
    }
}

fn standing(session: &Session, item_id: &str, whom: Await) -> Standing {
    let (has_item, state) = (has_item(session, item_id), state_of(session));
    let standing = |counts: bool, ready: bool| match (counts, ready) {
        (false, _) => Standing::Uncounted,
        (true, true) => Standing::Ready,
        (true, false) => Standing::Unready,
    };
    match whom {
        Await::ThoseWithItem => standing(has_item, false),
        Await::Unready if has_item => standing(true, is_ready(state)),
        Await::All | Await::Unready => standing(true, has_prepared(session, item_id)),
        Await::Stalled => {
            standing(has_item && (is_ready(state) || state == PlayerState::Stalled), is_ready(state))
        }
    }
}

fn has_item(session: &Session, item_id: &str) -> bool {
    session.status.as_ref().is_some_and(|status| status.item_id == item_id)
}

fn has_prepared(session: &Session, item_id: &str) -> bool {
    session.status.as_ref().is_some_and(|status| status.prepared_item_id == item_id)
}

/// Whose connection it is.
pub(crate) fn person(session: &Session) -> &str {
    match &session.member {
        Some(member) if !member.subject_id.is_empty() => &member.subject_id,
        _ => &session.id,
    }
}
