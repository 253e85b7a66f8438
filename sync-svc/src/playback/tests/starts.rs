//! When a room begins to move, and when it stops.

use super::*;

#[test]
fn play_starts_after_the_lead_when_all_are_ready() {
    let mut story = Story::ready(&["a", "b"]);
    let step = story.step(&play());
    assert_eq!(step.events[0].execute_at_us, story.now_us + LEAD);
    assert_eq!(story.room.playback.hold, None);
    assert_eq!(story.after(LEAD).position(), 0);
    assert_eq!(story.after(SECOND).position(), SECOND);
}

#[test]
fn the_lead_follows_the_slowest_player_within_bounds() {
    for (delay_ms, lead_us) in [(0.0, 150_000), (120.0, 240_000), (5000.0, 800_000)] {
        let mut story = Story::ready(&["a", "b"]);
        let status = PlayerStatus {
            state: PlayerState::Ready.into(),
            item_id: "item".into(),
            delay_ms,
            ..PlayerStatus::default()
        };
        story.step(&Input::Report { session_id: "b".into(), status });
        assert_eq!(story.step(&play()).events[0].execute_at_us, story.now_us + lead_us);
    }
}

#[test]
fn play_waits_for_a_player_that_loads() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&report("b", PlayerState::Loading, "item"));
    story.step(&play());
    assert_eq!(story.waits_for(), ["b"]);
    story.after(SECOND);
    assert_eq!(story.position(), 0);
    assert_eq!(story.changes(&report("b", PlayerState::Ready, "item")), [PlaybackChange::Release]);
    assert_eq!(story.after(LEAD + SECOND).position(), SECOND);
}

#[test]
fn pause_acts_at_once_at_the_current_position() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 7 * SECOND);
    let step = story.step(&pause());
    assert_eq!(step.events[0].execute_at_us, story.now_us);
    assert_eq!(story.room.playback.anchor_media_us, 7 * SECOND);
    assert_eq!(story.after(SECOND).position(), 7 * SECOND);
}

#[test]
fn a_pause_before_the_start_cancels_it() {
    let mut story = Story::ready(&["a"]);
    story.step(&seek(3 * SECOND));
    story.step(&play());
    story.after(LEAD / 2).step(&pause());
    assert_eq!(story.after(SECOND).position(), 3 * SECOND);
}

#[test]
fn a_new_speed_continues_from_the_current_position() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 10 * SECOND).step(&command(Action::SetRate(SetRate { rate: 2.0 })));
    assert_eq!(story.position(), 10 * SECOND);
    assert_eq!(story.after(SECOND).position(), 12 * SECOND);
}
