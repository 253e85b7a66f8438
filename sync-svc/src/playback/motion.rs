//! Where a room is, and when it starts to move.

use proto::sync::v1::{PlaybackState, PlayerState, Session, SessionMode};

use super::{Chosen, Room};

/// The contract's limit of a position: a week.
const LAST_POSITION_US: i64 = 604_800_000_000;
/// Bounds of how far ahead a start is announced.
const SHORTEST_LEAD_US: i64 = 150_000;
const LONGEST_LEAD_US: i64 = 800_000;

/// Where the room is at a moment.
pub(crate) fn position_us(state: &PlaybackState, at_us: i64) -> i64 {
    if !state.playing || state.hold.is_some() {
        return state.anchor_media_us;
    }
    let elapsed_us = at_us.saturating_sub(state.anchor_server_us).max(0);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "exact below 285 years, and saturating above"
    )]
    let moved_us = (elapsed_us as f64 * state.rate).round() as i64;
    state.anchor_media_us.saturating_add(moved_us).clamp(0, last_position_us(state))
}

/// As far as the item goes, or as far as any may where its length is not known.
pub(super) fn last_position_us(state: &PlaybackState) -> i64 {
    if state.duration_us > 0 { state.duration_us } else { LAST_POSITION_US }
}

/// Whether the room stands at the item's end.
pub(super) fn stands_at_end(state: &PlaybackState) -> bool {
    !state.playing && state.duration_us > 0 && state.anchor_media_us >= state.duration_us
}

/// A length as it may be kept; 0: not known.
pub(super) fn sound_duration_us(duration_us: i64) -> i64 {
    duration_us.clamp(0, LAST_POSITION_US)
}

/// Where an item begins. A start at its end or behind it would end it at once, so it counts for none.
pub(super) fn start_us(item: &Chosen) -> i64 {
    let last_us = if item.duration_us > 0 { item.duration_us - 1 } else { LAST_POSITION_US };
    if (0..=last_us).contains(&item.start_us) { item.start_us } else { 0 }
}

/// When the item will have been played to its end, if that can be told and nothing comes in between.
pub(super) fn end_us(state: &PlaybackState) -> Option<i64> {
    if !state.playing || state.hold.is_some() || state.duration_us == 0 {
        return None;
    }
    let left_us = (state.duration_us - state.anchor_media_us).max(0);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "exact below 285 years, and the rate is at least a quarter"
    )]
    let lasts_us = (left_us as f64 / state.rate).round() as i64;
    Some(state.anchor_server_us.saturating_add(lasts_us))
}

/// How far ahead a start has to be announced, so that the slowest player hears of it in time: twice what a frame takes
/// to it, within bounds.
pub(super) fn lead_us(room: &Room) -> i64 {
    let sessions = room.seats.iter().map(|taken| taken.session());
    // Who is not waited for does not make the others wait either.
    let slowest_ms = sessions
        .filter(|session| has_player(session) && !is_excused(session))
        .map(delay_ms)
        .fold(0.0, f64::max);
    #[expect(clippy::cast_possible_truncation, reason = "the contract bounds delays to a minute")]
    let lead_us = (2000.0 * slowest_ms) as i64;
    lead_us.clamp(SHORTEST_LEAD_US, LONGEST_LEAD_US)
}

pub(super) fn state_of(session: &Session) -> PlayerState {
    session.status.as_ref().map_or(PlayerState::Unspecified, proto::sync::v1::PlayerStatus::state)
}

pub(super) fn delay_ms(session: &Session) -> f64 {
    session.status.as_ref().map_or(0.0, |status| status.delay_ms)
}

/// Whether it has a player that could play; starts are made for these.
pub(super) fn has_player(session: &Session) -> bool {
    plays(session)
        && !matches!(state_of(session), PlayerState::Unspecified | PlayerState::Blocked | PlayerState::Failed)
}

/// Whether it is there to play. A connection that chats or controls has its player somewhere else.
pub(super) fn plays(session: &Session) -> bool {
    !matches!(session.mode(), SessionMode::ChatOnly | SessionMode::RemoteOnly)
}

/// Whether nobody has to wait for it.
pub(super) fn is_excused(session: &Session) -> bool {
    session.status.as_ref().is_some_and(|status| status.excused)
}
