//! The end of an item whose length nobody measured.

use super::*;

const MINUTE: i64 = 60 * SECOND;

/// A room that has played an item of unknown length for a minute.
fn after_a_minute(members: &[&str]) -> Story {
    let mut story = Story::ready(members);
    story.step(&play());
    story.after(LEAD + MINUTE);
    story
}

fn at_end(id: &str) -> Input {
    report(id, PlayerState::Ended, "item")
}

fn advance(next: Option<Item>) -> Input {
    Input::Advance { from: "item".into(), next }
}

#[test]
fn a_room_advances_when_more_than_half_of_its_people_report_the_end() {
    for (members, needed) in [(1, 1), (2, 2), (3, 2), (4, 3)] {
        let names = &["a", "b", "c", "d"][..members];
        let mut story = after_a_minute(names);
        for name in &names[..needed - 1] {
            assert_eq!(story.changes(&at_end(name)), [], "{name} of {members}");
            assert_eq!(wake_us(&story.room), None, "nothing to wait for");
            assert!(!story.step(&advance(Some(item("next")))).changed);
        }
        assert_eq!(story.changes(&at_end(names[needed - 1])), [PlaybackChange::Duration]);
        assert!(nears_end(&story.room, story.now_us), "{needed} of {members}");
        assert_eq!(story.changes(&advance(Some(item("next")))), [PlaybackChange::Item]);
        assert_eq!((story.room.playback.item_id.as_str(), story.room.playback.duration_us), ("next", 0));
    }
}

// Case W6, with X twice: two items of one link have two ids, and the id is what an end is about.
#[test]
fn a_late_report_of_the_end_does_nothing_to_the_next_item() {
    let names = ["a", "b", "c", "slow"];
    let mut story = after_a_minute(&names);
    for (from, to) in [("item", "x1"), ("x1", "x2"), ("x2", "y")] {
        for name in &names[..3] {
            story.step(&report(name, PlayerState::Ended, from));
        }
        let onward = Input::Advance { from: from.into(), next: Some(item(to)) };
        assert_eq!(story.changes(&onward), [PlaybackChange::Item], "{from}");
        assert!(!story.step(&onward).changed, "the others ask for nothing new");
        for name in names {
            story.step(&report(name, PlayerState::Ready, to));
        }
        story.after(LEAD + 3 * SECOND);
        let (position, seq) = (story.position(), story.room.playback.seq);
        // The slow one reaches the end of the former item, and says so again and again.
        for _ in 0..4 {
            assert_eq!(story.changes(&report("slow", PlayerState::Ended, from)), [], "{from}");
        }
        let next = Command {
            id: "command-next".into(),
            item_id: from.into(),
            action: Some(Action::Next(Next {})),
            ..Command::default()
        };
        let next = Input::Command { command: next, by: "user_slow".into(), item: Some(item("z")) };
        assert_eq!(story.refused(&next), Rejection::ItemMismatch { current: to.into() });
        assert_eq!((story.position(), story.room.playback.seq), (position, seq));
        assert_eq!(story.room.playback.item_id, to);
        story.step(&report("slow", PlayerState::InSync, to));
        story.after(MINUTE);
        assert!((MINUTE..MINUTE + 4 * SECOND).contains(&story.position()), "{to} plays in full");
    }
}

#[test]
fn one_persons_false_end_does_not_skip_the_item() {
    let mut story = after_a_minute(&["a", "b", "liar"]);
    // Any number of devices is one person.
    for number in 0..20 {
        let device = Session { id: format!("liar-{number}"), ..session("liar") };
        story.step(&Input::Join { session: device, gone: vec![] });
        story.step(&at_end(&format!("liar-{number}")));
    }
    story.step(&at_end("liar"));
    assert_eq!((story.room.playback.duration_us, story.phase()), (0, RoomPhase::Playing));
    assert_eq!(story.position(), MINUTE);
}

#[test]
fn a_reported_end_sets_the_length_to_the_players_position() {
    let mut story = after_a_minute(&["a"]);
    // The player has stood at its end for two seconds.
    let status = PlayerStatus { drift_ms: -2000.0, ..status(PlayerState::Ended, "item") };
    story.step(&says("a", status));
    assert_eq!(story.room.playback.duration_us, 58 * SECOND);
    assert_eq!(story.changes(&advance(None)), [PlaybackChange::End]);
    assert_eq!((story.phase(), story.position()), (RoomPhase::Ended, 58 * SECOND));
    for drift_ms in [f64::NAN, f64::NEG_INFINITY, f64::MAX, -86_400_000.0] {
        let mut story = after_a_minute(&["a"]);
        story.after(0).step(&seek(30 * SECOND));
        story.step(&report("a", PlayerState::Ready, "item"));
        story.after(LEAD + 10 * SECOND);
        let lie = PlayerStatus { drift_ms, ..super::status(PlayerState::Ended, "item") };
        story.step(&says("a", lie));
        let length_us = story.room.playback.duration_us;
        assert!((30 * SECOND..=40 * SECOND).contains(&length_us), "{drift_ms}: {length_us}");
    }
}

#[test]
fn a_room_at_a_reported_end_advances_to_a_later_item_and_restarts_on_play() {
    let mut story = after_a_minute(&["a"]);
    story.step(&at_end("a"));
    assert_eq!(story.changes(&advance(None)), [PlaybackChange::End]);
    assert!(wants_more(&story.room));
    let mut again = Story { room: story.room.clone(), now_us: story.now_us };
    assert_eq!(story.changes(&added(item("next"), Some("item"))), [PlaybackChange::Item]);

    again.after(SECOND).step(&play());
    assert_eq!((again.position(), again.phase()), (0, RoomPhase::Waiting));
    // A report from before the start is about the end that is past.
    assert_eq!(again.changes(&at_end("a")), []);
    again.step(&report("a", PlayerState::Ready, "item"));
    assert_eq!(again.after(LEAD + SECOND / 4).changes(&at_end("a")), [], "it cannot know of the start");
    again.step(&report("a", PlayerState::InSync, "item"));
    again.after(30 * SECOND);
    let shorter = again.changes(&at_end("a"));
    assert_eq!(shorter, [PlaybackChange::Duration], "what was reported is not measured");
}

#[test]
fn reported_ends_are_ignored_for_measured_and_paused_items() {
    let mut measured = after_a_minute(&["a"]);
    measured.step(&Input::ItemMeasured(lasting("item", 2 * MINUTE)));
    let mut paused = after_a_minute(&["a"]);
    paused.step(&pause());
    for story in [&mut measured, &mut paused] {
        let before = story.room.playback.clone();
        assert_eq!(story.changes(&at_end("a")), []);
        assert_eq!(story.room.playback, before);
    }
    let mut other = after_a_minute(&["a"]);
    assert_eq!(other.changes(&report("a", PlayerState::Ended, "another")), []);
    // A length that is measured later counts.
    let mut late = after_a_minute(&["a"]);
    late.step(&at_end("a"));
    assert_eq!(late.changes(&Input::ItemMeasured(lasting("item", 2 * MINUTE))), [PlaybackChange::Duration]);
    assert!(!nears_end(&late.room, late.now_us));
}

#[test]
fn blocked_and_excused_players_do_not_count_at_the_end() {
    let mut story = after_a_minute(&["a", "blocked", "excused", "gone"]);
    story.step(&report("blocked", PlayerState::Blocked, "item"));
    story.step(&says("excused", PlayerStatus { excused: true, ..status(PlayerState::InSync, "item") }));
    assert_eq!(story.changes(&at_end("a")), []);
    assert_eq!(story.changes(&leave("gone")), [PlaybackChange::Duration], "the others are at the end");
    let mut excused = after_a_minute(&["a"]);
    let at_end = PlayerStatus { excused: true, ..status(PlayerState::Ended, "item") };
    assert_eq!(excused.changes(&says("a", at_end)), [PlaybackChange::Duration], "there is nobody else");
}
