//! Starts that wait.

use super::*;

#[test]
fn a_seek_while_paused_holds_nobody() {
    let mut story = Story::ready(&["a", "b"]);
    assert_eq!(story.changes(&seek(90 * SECOND)), [PlaybackChange::Seek]);
    assert_eq!((story.position(), story.room.playback.hold.is_none()), (90 * SECOND, true));
}

#[test]
fn a_seek_while_playing_waits_until_all_are_ready() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&play());
    story.after(SECOND).step(&seek(90 * SECOND));
    assert_eq!(story.room.playback.hold.as_ref().map(proto::sync::v1::Hold::reason), Some(HoldReason::Seek));
    assert_eq!(story.waits_for(), ["a", "b"]);
    assert_eq!(story.changes(&report("a", PlayerState::Ready, "item")), [PlaybackChange::Hold]);
    assert_eq!(story.waits_for(), ["b"]);
    assert_eq!(story.position(), 90 * SECOND);
    assert_eq!(story.changes(&report("b", PlayerState::Ready, "item")), [PlaybackChange::Release]);
}

#[test]
fn a_report_older_than_the_hold_does_not_end_it() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(SECOND).step(&seek(90 * SECOND));
    story.after(100_000).step(&report("a", PlayerState::InSync, "item"));
    assert_eq!(story.waits_for(), ["a"]);
    story.after(SECOND).step(&report("a", PlayerState::InSync, "item"));
    assert_eq!(story.room.playback.hold, None, "by now it must know of the hold");
}

#[test]
fn a_hold_ends_at_its_time_limit() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&choose("other"));
    assert_eq!(story.after(PARAMS.hold_limit_us - 1).changes(&Input::TimePassed), []);
    assert_eq!(story.position(), 0);
    assert_eq!(story.after(1).changes(&Input::TimePassed), [PlaybackChange::Release]);
    assert_eq!(story.after(LEAD + SECOND).position(), SECOND);
    assert!(story.room.seats.iter().all(|seat| !seat.seat.awaited));
}

#[test]
fn any_input_ends_an_expired_hold() {
    let mut story = Story::ready(&["a"]);
    story.step(&choose("other"));
    story.after(PARAMS.hold_limit_us);
    assert_eq!(story.changes(&join("late")), [PlaybackChange::Release]);
}

#[test]
fn a_hold_ends_when_the_awaited_players_leave_or_fail() {
    for last in [
        leave("b"),
        report("b", PlayerState::Failed, "other"),
        report("b", PlayerState::Blocked, "other"),
        Input::GatewaysGone(vec!["gateway".into()]),
    ] {
        let mut story = Story::ready(&["a", "b"]);
        story.step(&choose("other"));
        story.step(&report("a", PlayerState::Ready, "other"));
        assert_eq!(story.waits_for(), ["b"]);
        assert_eq!(story.changes(&last), [PlaybackChange::Release], "{last:?}");
    }
}

#[test]
fn blocked_and_playerless_sessions_are_not_waited_for() {
    let mut story = Story::ready(&["a", "b", "c"]);
    story.step(&join("silent"));
    story.step(&report("b", PlayerState::Blocked, "item"));
    story.step(&report("c", PlayerState::Failed, "item"));
    story.step(&play());
    story.after(SECOND).step(&seek(0));
    assert_eq!(story.waits_for(), ["a"]);
    story.step(&choose("other"));
    assert_eq!(story.waits_for(), ["a", "c"], "another item may work where this one failed");
}

#[test]
fn a_join_does_not_hold_the_room() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(3 * SECOND);
    for input in [
        join("new"),
        report("new", PlayerState::Loading, "item"),
        report("new", PlayerState::Stalled, "item"),
    ] {
        assert_eq!(story.changes(&input), [], "{input:?}");
    }
    story.step(&pause());
    story.step(&report("new", PlayerState::Loading, "item"));
    assert_eq!(story.changes(&play()), [PlaybackChange::Play]);
    assert_eq!(story.room.playback.hold, None);
}

#[test]
fn a_lone_player_is_waited_for_and_released_at_once() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    story.step(&added(item("item"), None));
    story.step(&join("a"));
    story.step(&report("a", PlayerState::Loading, "item"));
    story.step(&play());
    assert_eq!(story.waits_for(), ["a"]);
    assert_eq!(story.changes(&report("a", PlayerState::Ready, "item")), [PlaybackChange::Release]);
}

#[test]
fn a_stall_holds_the_room_but_not_repeatedly() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&play());
    let stall = report("b", PlayerState::Stalled, "item");
    assert_eq!(story.after(LEAD + 4 * SECOND).changes(&stall), [PlaybackChange::Hold]);
    assert_eq!((story.position(), story.waits_for()), (4 * SECOND, vec!["b"]));
    let ready = report("b", PlayerState::Ready, "item");
    assert_eq!(story.after(SECOND).changes(&ready), [PlaybackChange::Release]);
    assert_eq!(story.after(SECOND).changes(&stall), [], "too soon");
    story.step(&ready);
    assert_eq!(story.after(10 * SECOND).changes(&stall), [PlaybackChange::Hold]);
}

#[test]
fn a_large_hold_lists_few_sessions_at_a_time() {
    let names: Vec<_> = (0..200).map(|number| number.to_string()).collect();
    let mut story = Story::ready(&names.iter().map(String::as_str).collect::<Vec<_>>());
    story.step(&choose("other"));
    assert_eq!(story.waits_for().len(), 100);
    let events: usize =
        names.iter().map(|name| story.step(&report(name, PlayerState::Ready, "other")).events.len()).sum();
    assert!((2..30).contains(&events), "{events}");
    assert_eq!(story.room.playback.hold, None);
}
