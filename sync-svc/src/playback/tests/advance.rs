//! From an item to the next.

use super::*;

const END: i64 = 60 * SECOND;

fn advance(next: Option<Item>) -> Input {
    Input::Advance { from: "item".into(), next }
}

fn to_next() -> Input {
    advance(Some(lasting("next", 30 * SECOND)))
}

fn prepared(id: &str) -> Input {
    let status = PlayerStatus { prepared_item_id: "next".into(), ..status(PlayerState::InSync, "item") };
    says(id, status)
}

/// A room that plays an item of a minute.
fn playing(members: &[&str]) -> (Story, i64) {
    let mut story = Story::ready(members);
    story.step(&Input::ItemMeasured(lasting("item", END)));
    story.step(&play());
    let end_us = story.now_us + LEAD + END;
    (story, end_us)
}

fn wakes(story: &Story) -> Option<i64> {
    wake_us(&story.room)
}

#[test]
fn the_next_item_is_announced_ahead_and_starts_without_a_gap() {
    let (mut story, end_us) = playing(&["a", "b"]);
    story.step(&prepared("a"));
    story.step(&prepared("b"));
    assert_eq!(wakes(&story), Some(end_us - 500_000));
    story.now_us = end_us - 500_001;
    assert!(!story.step(&to_next()).changed, "too early");
    assert!(!nears_end(&story.room, story.now_us));
    story.now_us += 1;
    assert!(nears_end(&story.room, story.now_us));
    let step = story.step(&to_next());
    assert_eq!((step.events.len(), step.events[0].change()), (1, PlaybackChange::Item));
    assert_eq!(step.events[0].execute_at_us, end_us);
    let playback = &story.room.playback;
    assert_eq!((playback.item_id.as_str(), playback.playing, &playback.hold), ("next", true, &None));
    assert_eq!((playback.anchor_server_us, playback.duration_us), (end_us, 30 * SECOND));
    assert_eq!(story.phase(), RoomPhase::Playing);
    assert_eq!(story.position(), 0, "the old one plays until then");
    story.now_us = end_us + SECOND;
    assert_eq!(story.position(), SECOND);
    assert_eq!(wakes(&story), Some(end_us + 30 * SECOND - 500_000));
}

// Case L2.
#[test]
fn the_next_item_is_loaded_at_and_begins_at_its_start_time() {
    let (mut story, end_us) = playing(&["a"]);
    story.step(&prepared("a"));
    let next = Some(Item { start_us: 10 * SECOND, ..lasting("next", 30 * SECOND) });
    let to_next = Input::Advance { from: "item".into(), next };
    story.now_us = end_us - 400_000;
    assert!(!story.step(&to_next).changed, "what is prepared is its beginning");
    story.now_us = end_us;
    assert_eq!(story.changes(&to_next), [PlaybackChange::Item]);
    assert_eq!((story.room.playback.item_id.as_str(), story.position()), ("next", 10 * SECOND));
}

#[test]
fn a_second_advance_from_the_same_item_is_ignored() {
    let (mut story, end_us) = playing(&["a"]);
    story.step(&prepared("a"));
    story.now_us = end_us - 1;
    assert!(story.step(&to_next()).changed);
    for late in [to_next(), advance(None)] {
        assert!(!story.step(&late).changed, "another replica");
        story.now_us = end_us + SECOND;
    }
    let mut end = Command { id: "end-1-2-item".into(), item_id: "item".into(), ..Command::default() };
    end.action = Some(Action::Next(Next {}));
    let late = Input::Command { command: end, by: "user_a".into(), item: Some(item("third")) };
    assert_eq!(story.refused(&late), Rejection::ItemMismatch { current: "next".into() }, "or a player");
}

#[test]
fn commands_for_the_old_item_are_rejected_once_the_next_is_announced() {
    let (mut story, end_us) = playing(&["a"]);
    story.step(&prepared("a"));
    story.now_us = end_us - 300_000;
    story.step(&to_next());
    let Input::Command { mut command, by, .. } = pause() else { unreachable!() };
    command.item_id = "item".into();
    let old = Input::Command { command, by, item: None };
    assert_eq!(story.refused(&old), Rejection::ItemMismatch { current: "next".into() });
    story.step(&pause());
    story.after(SECOND);
    let playback = &story.room.playback;
    assert_eq!((playback.item_id.as_str(), playback.playing, story.position()), ("next", false, 0));
}

#[test]
fn an_unprepared_player_is_waited_for_at_the_end() {
    let (mut story, end_us) = playing(&["a", "b"]);
    story.step(&prepared("a"));
    story.now_us = end_us - 400_000;
    assert!(!story.step(&to_next()).changed);
    assert_eq!(wake_again_us(&story.room, story.now_us), Some(end_us), "unless it is heard of before");
    story.now_us = end_us;
    assert_eq!(story.changes(&to_next()), [PlaybackChange::Item]);
    assert_eq!((story.waits_for(), story.position()), (vec!["b"], 0));
    assert_eq!(story.changes(&report("b", PlayerState::Ready, "next")), [PlaybackChange::Release]);
}

#[test]
fn rooms_that_wait_for_nobody_or_a_quorum_advance_without_unprepared_players() {
    for wait in [WaitMode::None, WaitMode::Quorum] {
        let (mut story, end_us) = playing(&["a", "b"]);
        story.step(&decides(PlaybackPolicy { wait: wait.into(), ..PlaybackPolicy::default() }));
        story.step(&prepared("a"));
        story.now_us = end_us - 400_000;
        assert_eq!(story.step(&to_next()).events[0].execute_at_us, end_us);
    }
}

#[test]
fn a_newly_joined_player_does_not_delay_the_next_item() {
    let (mut story, end_us) = playing(&["a"]);
    story.step(&prepared("a"));
    story.step(&join("new"));
    story.step(&report("new", PlayerState::Loading, "item"));
    story.now_us = end_us - 400_000;
    assert_eq!(story.step(&to_next()).events[0].execute_at_us, end_us);
    assert!(story.room.seats.iter().any(|seat| !seat.seat.settled), "nor after it");
}

#[test]
fn the_last_item_ends_and_play_starts_it_again() {
    for stop_at_end in [false, true] {
        let (mut story, end_us) = playing(&["a"]);
        story.step(&decides(PlaybackPolicy { stop_at_end, ..PlaybackPolicy::default() }));
        let last = if stop_at_end { to_next() } else { advance(None) };
        story.now_us = end_us - 100_000;
        assert!(!story.step(&last).changed);
        story.now_us = end_us;
        assert_eq!(story.changes(&last), [PlaybackChange::End]);
        assert_eq!((story.phase(), story.position(), wakes(&story)), (RoomPhase::Ended, END, None));
        assert_eq!(story.room.playback.item_id, "item");
        story.after(SECOND).step(&play());
        assert_eq!((story.position(), story.phase()), (0, RoomPhase::Waiting), "all have to go back");
        story.step(&report("a", PlayerState::Ready, "item"));
        assert_eq!(story.after(LEAD + SECOND).position(), SECOND);
    }
}

#[test]
fn speed_changes_pauses_and_seeks_move_the_end() {
    let (mut story, end_us) = playing(&["a"]);
    story.now_us = end_us - 40 * SECOND;
    story.step(&command(Action::SetRate(SetRate { rate: 2.0 })));
    assert_eq!(wakes(&story), Some(end_us - 20 * SECOND - 500_000));
    story.after(5 * SECOND).step(&pause());
    assert_eq!(wakes(&story), None);
    story.step(&seek(50 * SECOND));
    story.step(&play());
    assert_eq!(wakes(&story), Some(story.now_us + LEAD + 5 * SECOND - 500_000));
    story.step(&seek(10 * SECOND));
    let hold = story.room.playback.hold.as_ref().unwrap();
    assert_eq!(wakes(&story), Some(hold.until_us), "first the wait");
}

#[test]
fn a_length_that_becomes_known_late_ends_the_item() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 90 * SECOND);
    assert_eq!(wakes(&story), None);
    assert!(!story.step(&advance(None)).changed);
    assert_eq!(story.changes(&Input::ItemMeasured(lasting("other", END))), []);
    assert_eq!(story.changes(&Input::ItemMeasured(lasting("item", -5))), []);
    assert_eq!(story.changes(&Input::ItemMeasured(lasting("item", END))), [PlaybackChange::Duration]);
    assert_eq!(story.changes(&Input::ItemMeasured(lasting("item", END))), [], "it knows that");
    assert!(nears_end(&story.room, story.now_us));
    assert_eq!((story.position(), story.changes(&advance(None))), (END, vec![PlaybackChange::End]));
}

#[test]
fn an_empty_room_does_not_advance() {
    let (mut story, end_us) = playing(&["a"]);
    story.now_us = end_us - 10 * SECOND;
    story.step(&leave("a"));
    assert_eq!(wakes(&story), None);
    story.now_us = end_us + 2 * SECOND;
    assert!(!story.step(&to_next()).changed);
    story.step(&join("a"));
    assert!(wakes(&story).is_some_and(|at_us| at_us <= story.now_us), "who comes back soon finds it go on");
    assert_eq!(story.changes(&to_next()), [PlaybackChange::Item]);
    story.step(&leave("a"));
    story.after(3600 * SECOND).step(&join("a"));
    assert_eq!(story.room.playback.item_id, "next", "who comes back late finds it as it was");
    assert!(!story.room.playback.playing);
}

#[test]
fn prepared_players_start_a_chosen_item_at_once() {
    let (mut story, _) = playing(&["a", "b"]);
    story.step(&prepared("a"));
    story.step(&prepared("b"));
    story.after(5 * SECOND);
    let step = story.step(&command(Action::Next(Next {})));
    assert_eq!((step.events[0].execute_at_us, story.waits_for().len()), (story.now_us + LEAD, 0));
}

#[test]
fn a_seek_to_the_end_can_be_undone() {
    let (mut story, _) = playing(&["a"]);
    story.step(&decides(PlaybackPolicy { wait: WaitMode::None.into(), ..PlaybackPolicy::default() }));
    story.after(LEAD + 7 * SECOND).step(&seek(END));
    assert!(!story.after(SECOND).step(&to_next()).changed);
    assert_eq!(story.position(), END, "it stands there");
    story.step(&command(Action::UndoSeek(proto::sync::v1::UndoSeek {})));
    assert_eq!(story.position(), 7 * SECOND);
    story.step(&seek(END));
    let step = story.after(3 * SECOND / 2).step(&to_next());
    assert_eq!(
        (step.events[0].change(), step.events[0].execute_at_us - story.now_us),
        (PlaybackChange::Item, 500_000)
    );
}

/// A room that played its only item to the end.
fn ended(members: &[&str]) -> Story {
    let (mut story, end_us) = playing(members);
    story.now_us = end_us;
    assert_eq!(story.changes(&advance(None)), [PlaybackChange::End]);
    story
}

fn behind() -> Input {
    added(lasting("next", 30 * SECOND), Some("item"))
}

#[test]
fn an_ended_room_advances_to_an_item_added_after_the_last() {
    let mut story = ended(&["a", "b"]);
    assert!(wants_more(&story.room));
    for elsewhere in [None, Some("next"), Some("other")] {
        assert!(!story.step(&added(item("else"), elsewhere)).changed);
    }
    assert_eq!(story.changes(&behind()), [PlaybackChange::Item]);
    let playback = &story.room.playback;
    assert_eq!((playback.item_id.as_str(), playback.duration_us), ("next", 30 * SECOND));
    assert_eq!((story.waits_for(), story.position()), (vec!["a", "b"], 0), "they all have to load it");
    story.step(&report("a", PlayerState::Ready, "next"));
    assert_eq!(story.changes(&report("b", PlayerState::Ready, "next")), [PlaybackChange::Release]);
    assert!(!story.step(&behind()).changed, "another replica");
    assert_eq!(story.changes(&added(item("third"), Some("next"))), [], "it follows in its time");
}

#[test]
fn an_item_added_at_the_end_starts_after_the_lead_when_players_prepared_it() {
    let mut story = ended(&["a"]);
    story.step(&prepared("a"));
    let step = story.step(&behind());
    assert_eq!((step.events[0].execute_at_us, story.waits_for().len()), (story.now_us + LEAD, 0));
}

#[test]
fn a_room_stopped_for_another_reason_ignores_added_items() {
    let mut stops = ended(&["a"]);
    stops.step(&decides(PlaybackPolicy { stop_at_end: true, ..PlaybackPolicy::default() }));
    let mut empty = ended(&["a"]);
    empty.step(&leave("a"));
    let (mut plays, end_us) = playing(&["a"]);
    plays.now_us = end_us;
    let (mut paused, _) = playing(&["a"]);
    paused.after(9 * SECOND).step(&pause());
    let mut away = ended(&["owner", "a"]);
    away.step(&decides(PlaybackPolicy {
        hand_over: proto::room::v1::HandOver::Wait.into(),
        ..PlaybackPolicy::default()
    }));
    away.step(&leave("owner"));
    away.after(PARAMS.owner_away_us).step(&Input::TimePassed);
    assert_eq!(away.phase(), RoomPhase::OwnerAway);
    for story in [&mut stops, &mut empty, &mut plays, &mut paused, &mut away] {
        assert!(!wants_more(&story.room));
        assert!(!story.step(&behind()).changed, "{:?}", story.phase());
    }
}
