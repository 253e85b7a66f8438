//! What becomes of a room whose owner is away: someone else gets it, or it stands still until the owner is back. A
//! person is there while any of their connections is.

use std::{collections::HashMap, sync::Arc};

use proto::{room::v1::HandOver as Policy, sync::v1::PlaybackChange};

use super::{Params, Room, people::person, room::Taken, turn::Turn};

/// The contract's limit of candidates.
const MOST_CANDIDATES: usize = 100;
/// Everyone has to come again after a room's log was lost. Who does within this time was there all along.
const COME_AGAIN_US: i64 = 15_000_000;
/// A member who was just away when the owner went, and is back so soon, was as good as there.
const COME_BACK_US: i64 = 60_000_000;

/// Who should get a room, for room-svc to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HandOver {
    /// Whose it was, and is while nobody else took it.
    pub(crate) owner_id: String,
    /// Who should be asked, the first first.
    pub(crate) candidate_ids: Vec<String>,
}

/// What a room does about its owner's absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Goes to one of those who were there when the owner went.
    ToHeir,
    /// Goes to the one whom the owner named.
    ToDelegate,
    /// Stands still.
    Wait,
}

/// When the room acts on its owner's absence; `None`: it has nothing to do.
pub(crate) fn owner_due_us(room: &Room, params: Params) -> Option<i64> {
    let acts = room.plan()? != Plan::Wait || !room.owner_is_away;
    acts.then(|| room.owner_away_since_us.saturating_add(params.owner_away_us))
}

/// Who should get the room by now, if anyone.
pub(crate) fn hand_over(room: &Room, now_us: i64, params: Params) -> Option<HandOver> {
    owner_due_us(room, params).filter(|due_us| *due_us <= now_us)?;
    let candidate_ids = match room.plan()? {
        Plan::ToHeir => room.heirs(),
        Plan::ToDelegate => vec![room.policy.delegate_id.clone()],
        Plan::Wait => return None,
    };
    Some(HandOver { owner_id: room.owner_id.clone(), candidate_ids })
}

impl Room {
    fn plan(&self) -> Option<Plan> {
        // While nobody is there, there is nobody to do it for.
        if self.owner_away_since_us == 0 || self.seats.is_empty() {
            return None;
        }
        match self.policy.hand_over() {
            Policy::JoinOrder | Policy::Unspecified => {
                self.seats.iter().any(|taken| self.is_heir(taken)).then_some(Plan::ToHeir)
            }
            Policy::Delegate if self.is_there(&self.policy.delegate_id) => Some(Plan::ToDelegate),
            Policy::Delegate | Policy::Wait => Some(Plan::Wait),
        }
    }

    /// The room is not for whoever happens upon it while its owner is away.
    fn is_heir(&self, taken: &Taken) -> bool {
        let (came_us, went_us) = (taken.seat.joined_at_us, self.owner_away_since_us);
        let was_member = member_since_us(taken).is_some_and(|since_us| since_us <= went_us);
        let came_back = was_member && came_us <= went_us.saturating_add(COME_BACK_US);
        subject(taken).is_some() && (came_us <= went_us || came_back)
    }

    /// In the order they came.
    fn heirs(&self) -> Vec<String> {
        let mut came_us = HashMap::new();
        for taken in self.seats.iter().filter(|taken| self.is_heir(taken)) {
            let first_us = came_us.entry(person(taken.session())).or_insert(taken.seat.joined_at_us);
            *first_us = taken.seat.joined_at_us.min(*first_us);
        }
        let mut heirs: Vec<_> = came_us.into_iter().map(|(person, came_us)| (came_us, person)).collect();
        heirs.sort_unstable();
        heirs.into_iter().take(MOST_CANDIDATES).map(|(_, person)| person.to_owned()).collect()
    }

    fn is_there(&self, subject_id: &str) -> bool {
        self.seat_of(subject_id).is_some()
    }

    fn seat_of(&self, subject_id: &str) -> Option<&Arc<Taken>> {
        let is_theirs = |taken: &&Arc<Taken>| subject(taken) == Some(subject_id);
        self.seats.iter().find(is_theirs).filter(|_| !subject_id.is_empty())
    }

    /// A seat of the owner, if they are there.
    pub(super) fn owner_seat(&self) -> Option<&Arc<Taken>> {
        self.seat_of(&self.owner_id)
    }

    /// Everyone is about to be taken out, and comes again.
    pub(super) fn everyone_has_to_come_again(&mut self, now_us: i64) {
        if self.is_there(&self.owner_id) {
            self.owner_away_since_us = now_us.saturating_add(COME_AGAIN_US);
        }
        self.seats.clear();
    }
}

impl Turn {
    /// The room is someone's, as room-svc says.
    pub(super) fn owner_becomes(&mut self, owner_id: &str) {
        if self.room.owner_id == owner_id {
            return;
        }
        owner_id.clone_into(&mut self.room.owner_id);
        self.changed = true;
        // Who got the room of someone away and has gone meanwhile is away too. But an owner who was never there, as one
        // to whom it was given while they were not, has not gone away either.
        let away = self.room.owner_away_since_us != 0 && !self.room.is_there(owner_id);
        self.owner_is_back(if away { self.now_us } else { 0 });
    }

    /// Someone came.
    pub(super) fn look_for_owner(&mut self) {
        if self.room.owner_away_since_us != 0 && self.room.is_there(&self.room.owner_id) {
            self.owner_is_back(0);
        }
    }

    /// The room stands where it was: it does not go on by itself.
    fn owner_is_back(&mut self, away_since_us: i64) {
        self.changed = true;
        self.room.owner_away_since_us = away_since_us;
        if std::mem::take(&mut self.room.owner_is_away) {
            self.emit(PlaybackChange::OwnerBack, self.now_us);
        }
    }

    /// These went; nothing was heard of them since then.
    pub(super) fn miss_owner(&mut self, gone: &[Arc<Taken>], since_us: i64) {
        let owner_id = &self.room.owner_id;
        if gone.iter().any(|taken| subject(taken) == Some(owner_id)) && !self.room.is_there(owner_id) {
            self.room.owner_away_since_us = since_us.max(1);
        }
    }

    /// Stands still once, when the owner was away for long enough; whoever may play can go on.
    pub(super) fn expire_owner(&mut self) {
        let is_over = owner_due_us(&self.room, self.params).is_some_and(|due_us| due_us <= self.now_us);
        if !is_over || self.room.plan() != Some(Plan::Wait) {
            return;
        }
        self.room.owner_is_away = true;
        if self.room.playback.playing {
            self.anchor_here(self.now_us);
        }
        self.end_hold();
        self.room.playback.playing = false;
        self.emit(PlaybackChange::OwnerAway, self.now_us);
    }
}

fn member_since_us(taken: &Taken) -> Option<i64> {
    let since = taken.session().member.as_ref()?.joined_at.as_ref()?;
    Some(since.seconds.saturating_mul(1_000_000).saturating_add(i64::from(since.nanos / 1000)))
}

fn subject(taken: &Taken) -> Option<&str> {
    let member = taken.session().member.as_ref()?;
    Some(member.subject_id.as_str()).filter(|subject| !subject.is_empty())
}
