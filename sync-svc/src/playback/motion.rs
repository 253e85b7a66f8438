//! Where a room is, and when it starts to move.

use proto::sync::v1::{PlaybackState, PlayerState, Session};

use super::Room;

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
    state.anchor_media_us.saturating_add(moved_us).clamp(0, LAST_POSITION_US)
}

/// How far ahead a start has to be announced, so that the slowest player hears of it in time: twice what a frame takes
/// to it, within bounds.
pub(super) fn lead_us(room: &Room) -> i64 {
    let sessions = room.seats.iter().map(|taken| taken.session());
    let slowest_ms = sessions.filter(|session| has_player(session)).map(delay_ms).fold(0.0, f64::max);
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
    !matches!(state_of(session), PlayerState::Unspecified | PlayerState::Blocked | PlayerState::Failed)
}
