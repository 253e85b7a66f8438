//! What a room has played, and where it left each item.

use chrono::{DateTime, Utc};
use ids::{AssetId, ItemId, PlayId, SubjectId};
use proto::room::v1::{self as wire, Source};

use super::timestamp;

/// An item that was left earlier than this starts at its beginning again.
const SHORTEST_RESUME_US: i64 = 30_000_000;
/// So does one with less than this share left, or with less than [`SHORTEST_RESUME_US`]: the credits.
const LAST_PERCENT: i64 = 5;

/// One item that a room played.
#[derive(Debug, Clone)]
pub(crate) struct Play {
    pub(crate) id: PlayId,
    pub(crate) item: ItemId,
    pub(crate) title: String,
    pub(crate) source: Source,
    pub(crate) asset: Option<AssetId>,
    pub(crate) duration_us: i64,
    pub(crate) added_by: SubjectId,
    pub(crate) started_at: DateTime<Utc>,
    /// Whether the playlist still has the item.
    pub(crate) in_playlist: bool,
}

impl From<Play> for wire::Play {
    fn from(play: Play) -> Self {
        Self {
            id: play.id.to_string(),
            item_id: play.item.to_string(),
            title: play.title,
            source: Some(play.source),
            started_at: Some(timestamp(play.started_at)),
            in_playlist: play.in_playlist,
            added_by: play.added_by.to_string(),
            duration_us: play.duration_us,
        }
    }
}

/// Where an item goes on that the room left at `left_at_us`; 0: at its beginning.
pub(crate) fn resume_us(left_at_us: i64, duration_us: i64) -> i64 {
    let rest_us = (duration_us * LAST_PERCENT / 100).max(SHORTEST_RESUME_US);
    let is_over = duration_us > 0 && left_at_us > duration_us - rest_us;
    if left_at_us < SHORTEST_RESUME_US || is_over { 0 } else { left_at_us }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_resumes_unless_it_had_hardly_begun_or_was_nearly_over() {
        const MINUTE_US: i64 = 60_000_000;
        for (left, duration, expected) in [
            (0, 100, 0),
            (MINUTE_US / 3, 100 * MINUTE_US, 0),
            (40 * MINUTE_US, 100 * MINUTE_US, 40 * MINUTE_US),
            (96 * MINUTE_US, 100 * MINUTE_US, 0),
            (MINUTE_US, 2 * MINUTE_US, MINUTE_US),
            (MINUTE_US, MINUTE_US, 0),
            (40 * MINUTE_US, 0, 40 * MINUTE_US),
        ] {
            assert_eq!(resume_us(left, duration), expected, "{left} of {duration}");
        }
    }
}
