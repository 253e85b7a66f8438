//! The position of a room.

use proto::sync::v1::PlaybackState;

/// Largest position in the contract: a week.
pub(in crate::playback) const LAST_POSITION_US: i64 = 604_800_000_000;

/// The position of the room at a time.
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

/// The end of the item, or the largest position while its length is unknown.
pub(in crate::playback) fn last_position_us(state: &PlaybackState) -> i64 {
    if state.duration_us > 0 { state.duration_us } else { LAST_POSITION_US }
}

/// A length within the bounds of the contract; 0: unknown.
pub(in crate::playback) fn sound_duration_us(duration_us: i64) -> i64 {
    duration_us.clamp(0, LAST_POSITION_US)
}

/// When the room reaches the end of the item, if its length is known and nothing happens until then.
pub(in crate::playback) fn end_us(state: &PlaybackState) -> Option<i64> {
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
