//! Pictures for the seek bar: which tile of which sheet shows which time.

use std::fmt::Write as _;

use proto::transcode::v1::{Plan, Storyboard};
use serde_json::{Value, json};

/// Number of sheets.
pub(super) fn sheets(plan: &Plan) -> usize {
    plan.storyboard.map_or(0, |it| number(it.count).div_ceil(per_sheet(&it)))
}

/// As WebVTT, the form that most players read: a cue for each picture.
pub(super) fn vtt(plan: &Plan) -> String {
    let mut text = String::from("WEBVTT\n");
    let Some(it) = plan.storyboard else { return text };
    let end_us = super::playlist::us(plan, plan.duration_ticks);
    let (per_sheet, columns) = (per_sheet(&it), number(it.columns).max(1));
    let (width, height) = (number(it.tile_width), number(it.tile_height));
    for (tile, start_us) in (0..number(it.count)).zip((0..).step_by(step(&it))) {
        let (sheet, place) = (tile / per_sheet, tile % per_sheet);
        let (x, y) = (place % columns * width, place / columns * height);
        let (from, to) = (time(start_us), time((start_us + it.interval_us).min(end_us.max(start_us + 1000))));
        let _ = write!(text, "\n{from} --> {to}\nstoryboard/{sheet}.jpg#xywh={x},{y},{width},{height}\n");
    }
    text
}

/// As JSON.
pub(super) fn json(plan: &Plan) -> Value {
    let Some(it) = plan.storyboard else { return Value::Null };
    let sheets: Vec<_> = (0..sheets(plan)).map(|sheet| format!("storyboard/{sheet}.jpg")).collect();
    json!({
        "intervalUs": it.interval_us, "tileWidth": it.tile_width, "tileHeight": it.tile_height, "columns": it.columns,
        "rows": it.rows, "count": it.count, "sheets": sheets,
    })
}

fn per_sheet(it: &Storyboard) -> usize {
    (number(it.columns) * number(it.rows)).max(1)
}

fn step(it: &Storyboard) -> usize {
    usize::try_from(it.interval_us).unwrap_or(usize::MAX).max(1)
}

fn number(value: i32) -> usize {
    usize::try_from(value).unwrap_or_default()
}

fn time(us: i64) -> String {
    let ms = us / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hls::playlist::tests::film;

    #[test]
    fn tiles_are_numbered_by_rows_and_sheets() {
        let mut plan = film();
        plan.storyboard = Some(Storyboard {
            interval_us: 5_000_000,
            tile_width: 160,
            tile_height: 90,
            columns: 2,
            rows: 1,
            count: 4,
        });
        assert_eq!(
            vtt(&plan),
            "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nstoryboard/0.jpg#xywh=0,0,160,90\n\
             \n00:00:05.000 --> 00:00:10.000\nstoryboard/0.jpg#xywh=160,0,160,90\n\
             \n00:00:10.000 --> 00:00:15.000\nstoryboard/1.jpg#xywh=0,0,160,90\n\
             \n00:00:15.000 --> 00:00:16.000\nstoryboard/1.jpg#xywh=160,0,160,90\n"
        );
        assert_eq!(sheets(&plan), 2);
        assert_eq!(json(&plan)["sheets"], json!(["storyboard/0.jpg", "storyboard/1.jpg"]));
        plan.storyboard = None;
        assert_eq!((vtt(&plan).as_str(), sheets(&plan)), ("WEBVTT\n", 0));
    }
}
