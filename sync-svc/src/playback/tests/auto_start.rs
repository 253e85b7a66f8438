//! The start at the start time of the room.

use proto::room::v1::HandOver;

use super::*;

const AT: i64 = 100 * SECOND;
const TEN_MINUTES: i64 = 600 * SECOND;

fn starts_at(at_us: i64) -> Input {
    let settings = RoomSettings { auto_start_at_us: at_us, ..RoomSettings::default() };
    Input::Settings { settings, instead_of: None }
}

/// A room that starts at `AT`.
fn planned(members: &[&str]) -> Story {
    let mut story = Story::ready(members);
    story.step(&starts_at(AT));
    story
}

fn at(story: &mut Story, at_us: i64) -> &mut Story {
    story.now_us = at_us;
    story
}

#[test]
fn a_paused_item_starts_at_the_start_time() {
    let mut story = planned(&["a", "b"]);
    assert_eq!(wake_us(&story.room), Some(AT));
    assert_eq!(at(&mut story, AT - 1).changes(&Input::TimePassed), []);
    let step = at(&mut story, AT).step(&Input::TimePassed);
    let event = &step.events[0];
    assert_eq!((event.change(), event.issued_by.as_str()), (PlaybackChange::Play, ""), "nobody pressed it");
    assert_eq!((story.phase(), wake_us(&story.room)), (RoomPhase::Playing, None));
}

#[test]
fn the_start_waits_for_players_as_the_room_says() {
    let mut story = planned(&["a", "b"]);
    story.step(&report("b", PlayerState::Loading, "item"));
    at(&mut story, AT).step(&Input::TimePassed);
    assert_eq!((story.phase(), story.waits_for()), (RoomPhase::Waiting, vec!["b"]));
}

#[test]
fn it_counts_once_until_the_room_has_another_start_time() {
    let mut story = planned(&["a"]);
    at(&mut story, AT).step(&Input::TimePassed);
    story.after(SECOND).step(&pause());
    assert_eq!(story.after(SECOND).changes(&Input::TimePassed), []);
    assert_eq!((story.phase(), wake_us(&story.room)), (RoomPhase::Paused, None));
    story.step(&starts_at(2 * AT));
    assert_eq!(at(&mut story, 2 * AT).changes(&Input::TimePassed), [PlaybackChange::Play]);
}

#[test]
fn people_who_watch_by_then_are_not_started_again() {
    let mut story = planned(&["a"]);
    story.step(&play());
    at(&mut story, AT + SECOND).step(&pause());
    assert_eq!(story.after(SECOND).changes(&Input::TimePassed), []);
    assert_eq!(story.phase(), RoomPhase::Paused);
}

#[test]
fn a_command_that_comes_before_the_timer_acts_after_the_start() {
    let mut story = planned(&["a"]);
    assert_eq!(at(&mut story, AT + 1).changes(&pause()), [PlaybackChange::Play, PlaybackChange::Pause]);
}

#[test]
fn an_empty_room_starts_with_the_first_person_who_comes_within_ten_minutes() {
    let mut story = planned(&["a"]);
    story.step(&leave("a"));
    assert_eq!(wake_us(&story.room), None);
    assert_eq!(at(&mut story, AT + SECOND).changes(&Input::TimePassed), []);
    at(&mut story, AT + TEN_MINUTES).step(&join("b"));
    assert!(wake_us(&story.room).is_some_and(|at_us| at_us <= story.now_us), "at once");
    assert_eq!(story.changes(&Input::TimePassed), [PlaybackChange::Play]);
}

#[test]
fn whoever_comes_later_finds_the_room_paused() {
    let mut story = planned(&["a"]);
    story.step(&leave("a"));
    at(&mut story, AT + TEN_MINUTES + 1).step(&join("b"));
    assert_eq!((wake_us(&story.room), story.phase()), (None, RoomPhase::Paused));
    assert_eq!(story.changes(&Input::TimePassed), []);
}

#[test]
fn an_item_that_is_added_after_the_time_starts() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    story.step(&join("a"));
    story.step(&starts_at(AT));
    assert_eq!(at(&mut story, AT + SECOND).changes(&Input::TimePassed), []);
    story.step(&added(item("item"), None));
    assert!(wake_us(&story.room).is_some_and(|at_us| at_us <= story.now_us));
    assert_eq!(story.changes(&Input::TimePassed), [PlaybackChange::Play]);
}

#[test]
fn a_room_that_waits_for_its_owner_starts_when_they_are_back() {
    let mut story = Story::ready(&["owner", "a"]);
    let policy = PlaybackPolicy { hand_over: HandOver::Wait.into(), ..PlaybackPolicy::default() };
    let settings = RoomSettings {
        policy,
        owner_id: "user_owner".into(),
        auto_start_at_us: AT,
        ..RoomSettings::default()
    };
    story.step(&Input::Settings { settings, instead_of: None });
    story.step(&leave("owner"));
    assert_eq!(at(&mut story, AT).changes(&Input::TimePassed), [PlaybackChange::OwnerAway]);
    assert_eq!(story.changes(&Input::TimePassed), []);
    assert_eq!(story.after(SECOND).changes(&join("owner")), [PlaybackChange::OwnerBack]);
    assert_eq!(story.changes(&Input::TimePassed), [PlaybackChange::Play]);
}

#[test]
fn the_start_time_survives_a_lost_log() {
    let story = planned(&["a"]);
    let mut room = Room::restored(&story.room.checkpoint(), story.now_us, story.now_us).unwrap();
    assert_eq!((room.auto_start_at_us, room.auto_start_over_us), (AT, 0));
    for (now_us, input) in [(AT - SECOND, join("a")), (AT, Input::TimePassed)] {
        room = reduce(&room, &input, now_us, PARAMS).unwrap().room;
    }
    assert!(room.playback.playing);
}
