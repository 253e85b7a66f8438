//! The vote to skip the current item. It counts over the people who are present and may vote, each once, however many
//! devices they have.

use std::collections::HashSet;

use proto::sync::v1::{PlaybackChange, SkipVote};

use crate::playback::{draft::Draft, model::Room};

/// Share of the voters that has to be exceeded in a room whose settings do not say, in percent.
const DEFAULT_PERCENT: usize = 50;
/// Voters that the state lists at most.
const MOST_LISTED: usize = 100;

/// Whether enough people have voted, so that the room has to go on.
pub(crate) fn is_skip_due(room: &Room) -> bool {
    !room.queue.skip_disabled
        && room.playback.skip_vote.as_ref().is_some_and(|vote| vote.votes >= vote.needed)
}

/// Adds or withdraws a vote.
pub(in crate::playback) fn vote(draft: &mut Draft, by: &str, withdraw: bool) {
    let voters = &mut draft.room.skip_voter_ids;
    if withdraw {
        voters.retain(|voter| voter != by);
    } else if !voters.iter().any(|voter| voter == by) {
        voters.push(by.to_owned());
    }
    draft.room.playback.skip_vote = counted(&draft.room);
    // Also when nothing changed: the sender gets the present state.
    draft.emit(PlaybackChange::SkipVote, draft.now_us);
}

/// Takes over who may vote.
pub(in crate::playback) fn set_voters(draft: &mut Draft, may_vote: &[String]) {
    if draft.room.may_vote_ids != may_vote {
        draft.room.may_vote_ids = may_vote.to_vec();
        draft.changed = true;
        recount(draft);
    }
}

/// Counts again, after people came or went, or the settings changed.
pub(in crate::playback) fn recount(draft: &mut Draft) {
    if draft.room.skip_voter_ids.is_empty() {
        return;
    }
    let now = counted(&draft.room);
    if draft.room.playback.skip_vote != now {
        draft.room.playback.skip_vote = now;
        draft.emit(PlaybackChange::SkipVote, draft.now_us);
    }
}

/// Ends the vote, without an event of its own.
pub(in crate::playback) fn end_vote(draft: &mut Draft) {
    draft.room.playback.skip_vote = None;
    draft.room.skip_voter_ids.clear();
    draft.room.may_vote_ids.clear();
}

/// The vote as it stands; `None` while nobody present has voted.
fn counted(room: &Room) -> Option<SkipVote> {
    if room.queue.skip_disabled {
        return None;
    }
    let present: HashSet<_> = room.seats.iter().filter_map(|seat| seat.subject()).collect();
    let may_vote: HashSet<_> =
        room.may_vote_ids.iter().map(String::as_str).filter(|person| present.contains(person)).collect();
    let votes: Vec<_> =
        room.skip_voter_ids.iter().filter(|voter| may_vote.contains(voter.as_str())).collect();
    if votes.is_empty() {
        return None;
    }
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    Some(SkipVote {
        votes: count(votes.len()),
        needed: count(needed(may_vote.len(), room.queue.skip_percent)),
        voters: count(may_vote.len()),
        voter_ids: votes.into_iter().take(MOST_LISTED).cloned().collect(),
    })
}

/// The votes of `voters` that exceed a share in percent; all of them where that cannot be exceeded.
fn needed(voters: usize, percent: i32) -> usize {
    let percent = match usize::try_from(percent) {
        Ok(percent @ 1..=100) => percent,
        _ => DEFAULT_PERCENT,
    };
    (voters * percent / 100 + 1).min(voters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_to_be_exceeded() {
        let half = [1, 2, 3, 4, 5, 10].map(|voters| needed(voters, 0));
        assert_eq!(half, [1, 2, 2, 3, 3, 6]);
        assert_eq!([1, 2, 3, 10].map(|voters| needed(voters, 100)), [1, 2, 3, 10]);
        assert_eq!([1, 2, 3, 10].map(|voters| needed(voters, 1)), [1, 1, 1, 1]);
        assert_eq!([1, 3, 10].map(|voters| needed(voters, 66)), [1, 2, 7]);
    }
}
