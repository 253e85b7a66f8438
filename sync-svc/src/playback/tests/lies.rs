//! Reports that are not true: they harm nobody but their sender.

use super::*;

#[test]
fn no_reported_delay_exceeds_the_maximum_lead() {
    for delay_ms in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -1.0] {
        let mut story = Story::ready(&["a", "liar"]);
        let lie = PlayerStatus { delay_ms, drift_ms: f64::NAN, ..status(PlayerState::Ready, "item") };
        story.step(&says("liar", lie));
        let ahead_us = story.step(&play()).events[0].execute_at_us - story.now_us;
        assert!((150_000..=800_000).contains(&ahead_us), "{delay_ms}: {ahead_us}");
        // What is waited for is heard whatever it says of its delay.
        story.after(SECOND).step(&seek(0));
        story.step(&says("liar", PlayerStatus { delay_ms, ..status(PlayerState::InSync, "item") }));
        story.after(PARAMS.hold_limit_us);
        assert_eq!(story.changes(&Input::TimePassed), [PlaybackChange::Release]);
    }
}

#[test]
fn a_player_that_stalls_repeatedly_rarely_holds_the_room() {
    let mut story = Story::ready(&["a", "liar"]);
    story.step(&play());
    story.after(LEAD);
    let mut holds = 0;
    for number in 0..600 {
        let state = if number % 2 == 0 { PlayerState::Stalled } else { PlayerState::Ready };
        let changes = story.after(SECOND / 10).changes(&report("liar", state, "item"));
        holds += changes.iter().filter(|change| **change == PlaybackChange::Hold).count();
    }
    assert!((1..=6).contains(&holds), "{holds} times in a minute");
}

#[test]
fn no_report_changes_another_seat_or_the_motion() {
    let mut story = Story::ready(&["a", "b", "liar"]);
    story.step(&play());
    story.after(LEAD + SECOND);
    let (seats, playback) = (story.room.seats.clone(), story.room.playback.clone());
    for state in [PlayerState::Loading, PlayerState::Ready, PlayerState::Blocked, PlayerState::Failed] {
        let lie = PlayerStatus {
            item_id: "no-such-item".into(),
            prepared_item_id: "item".into(),
            drift_ms: -86_400_000.0,
            stalls: i32::MAX,
            applied_seq: i64::MAX,
            applied_us: i64::MAX,
            ..status(state, "item")
        };
        story.step(&says("liar", lie));
        assert_eq!(story.room.seats[..2], seats[..2]);
        assert_eq!(story.room.playback, playback);
    }
}
