//! Pictures for the seek bar, and chapters.

use proto::transcode::v1::{Chapter, MediaProbe, Storyboard};

use super::size::Size;
use crate::domain::clean;

/// Most pictures of a film that is not long.
const WANTED: i64 = 200;
const SHORTEST_INTERVAL_US: i64 = 1_000_000;
const LONGEST_INTERVAL_US: i64 = 10_000_000;
/// Height of a tile of 16:9.
const TILE_HEIGHT: i32 = 108;
/// Columns and rows of a sheet.
const SHEET: i32 = 10;
/// Chapters that are kept.
const MAX_CHAPTERS: usize = 1000;

/// One picture each 10 s, more often in a short film.
pub(super) fn storyboard(shape: Size, duration_us: i64) -> Storyboard {
    let interval_us = (duration_us / WANTED).clamp(SHORTEST_INTERVAL_US, LONGEST_INTERVAL_US);
    let tile = shape.within(TILE_HEIGHT).unwrap_or_else(|| shape.even());
    let count = i32::try_from((duration_us + interval_us - 1) / interval_us).unwrap_or(i32::MAX).max(1);
    Storyboard {
        interval_us,
        tile_width: tile.width,
        tile_height: tile.height,
        columns: SHEET.min(count),
        rows: SHEET.min((count + SHEET - 1) / SHEET),
        count,
    }
}

/// The chapters within the film, by their starts.
pub(super) fn chapters(probe: &MediaProbe, timescale: i32) -> Vec<Chapter> {
    let within = probe.chapters.iter().filter(|chapter| (0..probe.duration_us).contains(&chapter.start_us));
    let ticks =
        |us: i64| us / 1_000_000 * i64::from(timescale) + us % 1_000_000 * i64::from(timescale) / 1_000_000;
    let mut chapters: Vec<_> = within
        .take(MAX_CHAPTERS)
        .map(|chapter| Chapter { start_ticks: ticks(chapter.start_us), title: clean(&chapter.title) })
        .collect();
    chapters.sort_by_key(|chapter| chapter.start_ticks);
    chapters
}
