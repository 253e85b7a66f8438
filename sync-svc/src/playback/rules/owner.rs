//! The absence of the owner: the room goes to someone else, or pauses until the owner is back. A person is present while
//! any of their sessions is.

use std::{collections::HashMap, sync::Arc};

use proto::{room::v1::HandOver as Policy, sync::v1::PlaybackChange};

use super::hold::end_hold;
use crate::playback::{
    draft::Draft,
    model::{EncodedSeat, Params, Room, person},
};

/// The contract's limit of candidates.
const MOST_CANDIDATES: usize = 100;
/// A member who was absent when the owner left, and is back within this time, counts as present then.
const COME_BACK_US: i64 = 60_000_000;

/// A hand-over that room-svc should make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HandOver {
    /// The present owner.
    pub(crate) owner_id: String,
    /// Who should become the owner, in order of preference.
    pub(crate) candidate_ids: Vec<String>,
}

/// What a room does about the absence of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Goes to someone who was present when the owner left.
    ToHeir,
    /// Goes to the first delegate who is present.
    ToDelegate,
    /// Pauses.
    Wait,
}

/// When the room acts on the absence of its owner; `None`: it has nothing to do.
pub(crate) fn owner_due_us(room: &Room, params: Params) -> Option<i64> {
    let acts = plan(room)? != Plan::Wait || !room.owner_is_away;
    acts.then(|| room.owner_away_since_us.saturating_add(params.owner_away_us))
}

/// The hand-over that is due, if any.
pub(crate) fn hand_over(room: &Room, now_us: i64, params: Params) -> Option<HandOver> {
    owner_due_us(room, params).filter(|due_us| *due_us <= now_us)?;
    let candidate_ids = match plan(room)? {
        Plan::ToHeir => heirs(room),
        Plan::ToDelegate => delegates(room).map(ToOwned::to_owned).collect(),
        Plan::Wait => return None,
    };
    Some(HandOver { owner_id: room.owner_id.clone(), candidate_ids })
}

fn plan(room: &Room) -> Option<Plan> {
    // An empty room has nobody for whom to act.
    if room.owner_away_since_us == 0 || room.seats.is_empty() {
        return None;
    }
    match room.policy.hand_over() {
        // Of the heirs room-svc takes the first, or the first moderator: only it knows their present roles.
        Policy::JoinOrder | Policy::Unspecified | Policy::Moderators => {
            room.seats.iter().any(|seat| is_heir(room, seat)).then_some(Plan::ToHeir)
        }
        Policy::Delegate if delegates(room).next().is_some() => Some(Plan::ToDelegate),
        Policy::Delegate | Policy::Wait => Some(Plan::Wait),
    }
}

/// The delegates who are present, in the order of the policy.
fn delegates(room: &Room) -> impl Iterator<Item = &str> {
    room.policy.delegate_ids.iter().map(String::as_str).filter(|delegate| room.is_present(delegate))
}

/// Whether the person was present when the owner left. Nobody gets a room by finding it without its owner.
fn is_heir(room: &Room, seat: &EncodedSeat) -> bool {
    let (joined_us, left_us) = (seat.seat.joined_at_us, room.owner_away_since_us);
    let was_member = seat.member_since_us().is_some_and(|since_us| since_us <= left_us);
    let came_back = was_member && joined_us <= left_us.saturating_add(COME_BACK_US);
    seat.subject().is_some() && (joined_us <= left_us || came_back)
}

/// The heirs, in the order in which they joined.
fn heirs(room: &Room) -> Vec<String> {
    let mut joined_us = HashMap::new();
    for seat in room.seats.iter().filter(|seat| is_heir(room, seat)) {
        let first_us = joined_us.entry(person(seat.session())).or_insert(seat.seat.joined_at_us);
        *first_us = seat.seat.joined_at_us.min(*first_us);
    }
    let mut heirs: Vec<_> = joined_us.into_iter().map(|(person, joined_us)| (joined_us, person)).collect();
    heirs.sort_unstable();
    heirs.into_iter().take(MOST_CANDIDATES).map(|(_, person)| person.to_owned()).collect()
}

/// The room has another owner, as room-svc says.
pub(in crate::playback) fn set_owner(draft: &mut Draft, owner_id: &str) {
    if draft.room.owner_id == owner_id {
        return;
    }
    owner_id.clone_into(&mut draft.room.owner_id);
    draft.changed = true;
    // A new owner who is not present counts as absent from now on if the former one was. Otherwise the room was given to
    // someone who was never there, and they have not left either.
    let absent = draft.room.owner_away_since_us != 0 && !draft.room.is_present(owner_id);
    let away_since_us = if absent { draft.now_us } else { 0 };
    end_absence(draft, away_since_us);
}

/// Notices an owner who is back, after someone joined.
pub(in crate::playback) fn notice_owner(draft: &mut Draft) {
    if draft.room.owner_away_since_us != 0 && draft.room.is_present(&draft.room.owner_id) {
        end_absence(draft, 0);
    }
}

/// The room stays paused: it does not go on by itself.
fn end_absence(draft: &mut Draft, away_since_us: i64) {
    draft.changed = true;
    draft.room.owner_away_since_us = away_since_us;
    if std::mem::take(&mut draft.room.owner_is_away) {
        draft.emit(PlaybackChange::OwnerBack, draft.now_us);
    }
}

/// Notes the absence of the owner, if the last of their sessions is among these. The last sign of life was at `since_us`.
pub(in crate::playback) fn note_absence(draft: &mut Draft, gone: &[Arc<EncodedSeat>], since_us: i64) {
    let owner_id = draft.room.owner_id.as_str();
    if gone.iter().any(|seat| seat.subject() == Some(owner_id)) && !draft.room.is_present(owner_id) {
        draft.room.owner_away_since_us = since_us.max(1);
    }
}

/// Pauses once when the owner has been absent for long enough. Whoever may control the playback can go on.
pub(in crate::playback) fn expire_owner(draft: &mut Draft) {
    let is_due = owner_due_us(&draft.room, draft.params).is_some_and(|due_us| due_us <= draft.now_us);
    if !is_due || plan(&draft.room) != Some(Plan::Wait) {
        return;
    }
    draft.room.owner_is_away = true;
    if draft.room.playback.playing {
        draft.anchor_at(draft.now_us);
    }
    end_hold(draft);
    draft.room.playback.playing = false;
    draft.emit(PlaybackChange::OwnerAway, draft.now_us);
}
