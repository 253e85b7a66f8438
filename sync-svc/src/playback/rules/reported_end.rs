//! The end of an item whose length nobody measured: its players report it, and the room decides.
//!
//! No single report ends an item for others. The item is at its end when more than half of the people whose players have
//! it loaded have reported so; someone with several devices counts once, players that are blocked, failed or excused do
//! not count. A report counts only while the room plays, and only if its player knows of the present start or seek, since
//! a report that was under way meanwhile is about another position. The reported end then becomes the length of the item,
//! and the room goes on by the rules for a measured one.

use std::collections::HashSet;

use proto::sync::v1::{PlaybackChange, PlayerState, PlayerStatus, Seat, Session};

use super::hold::is_known_since;
use crate::playback::{
    draft::Draft,
    model::{
        motion::sound_duration_us,
        person, position_us,
        seat::{has_item, has_player, is_excused},
    },
};

/// Where the player of a seat reached the end of the item, in microseconds of media; 0: nowhere, or before the present
/// start or seek. The first report counts until the player reports something else.
pub(in crate::playback) fn reported_end_us(draft: &Draft, seat: &Seat) -> i64 {
    let playback = &draft.room.playback;
    let status = seat.session.as_ref().and_then(|session| session.status.as_ref());
    let is_at_end =
        |status: &&PlayerStatus| status.state() == PlayerState::Ended && status.item_id == playback.item_id;
    let Some(status) = status.filter(is_at_end) else { return 0 };
    let knows_motion = status.applied_seq == playback.seq
        || is_known_since(playback.anchor_server_us, draft.now_us, status.delay_ms);
    if seat.ended_at_us != 0 || !reports_count(draft) || !knows_motion {
        return seat.ended_at_us;
    }
    let here_us = position_us(playback, draft.now_us);
    // The player stands at its end while the room goes on, so its drift leads back to there.
    #[expect(clippy::cast_possible_truncation, reason = "the contract bounds drift to a day")]
    let behind_us = (status.drift_ms.min(0.0) * 1000.0) as i64;
    here_us.saturating_add(behind_us).max(playback.anchor_media_us).max(1)
}

/// Takes the reported end for the length of the item, when enough people have reported it.
pub(in crate::playback) fn end_by_reports(draft: &mut Draft) {
    if !reports_count(draft) {
        return;
    }
    let Some(end_us) = agreed_end_us(draft).map(sound_duration_us) else { return };
    let playback = &mut draft.room.playback;
    if playback.duration_us == end_us {
        return;
    }
    playback.duration_us = end_us;
    playback.anchor_media_us = playback.anchor_media_us.min(end_us);
    draft.room.duration_is_reported = true;
    draft.emit(PlaybackChange::Duration, draft.now_us);
}

/// The end that more than half of the people have reported: the last one that any of them did.
fn agreed_end_us(draft: &Draft) -> Option<i64> {
    let item_id = draft.room.playback.item_id.as_str();
    let has_loaded = |session: &Session| has_player(session) && has_item(session, item_id);
    let loaded = || draft.room.seats.iter().filter(|seat| has_loaded(seat.session()));
    // Where every player is excused, there is no other to go by.
    let any_counts = loaded().any(|seat| !is_excused(seat.session()));
    let (mut people, mut at_end, mut end_us) = (HashSet::new(), HashSet::new(), 0);
    for seat in loaded().filter(|seat| !any_counts || !is_excused(seat.session())) {
        people.insert(person(seat.session()));
        if seat.seat.ended_at_us != 0 {
            at_end.insert(person(seat.session()));
            end_us = end_us.max(seat.seat.ended_at_us);
        }
    }
    (at_end.len() * 2 > people.len()).then_some(end_us)
}

/// Reports of the end count while an item without a measured length plays.
fn reports_count(draft: &Draft) -> bool {
    let playback = &draft.room.playback;
    playback.playing
        && playback.hold.is_none()
        && playback.anchor_server_us <= draft.now_us
        && (playback.duration_us == 0 || draft.room.duration_is_reported)
}
