//! Whom a start waits for, as the room decided.

use proto::sync::v1::SessionMode;

use super::*;

fn waiting(wait: WaitMode) -> PlaybackPolicy {
    PlaybackPolicy { wait: wait.into(), ..PlaybackPolicy::default() }
}

fn quorum(percent: i32) -> PlaybackPolicy {
    PlaybackPolicy { quorum_percent: percent, ..waiting(WaitMode::Quorum) }
}

/// Another device of someone who is there.
fn join_as(id: &str, person: &str, mode: SessionMode) -> Input {
    let member = Some(Member { subject_id: format!("user_{person}"), ..Member::default() });
    let session = Session { member, mode: mode.into(), ..session(id) };
    Input::Join { session, gone: vec![] }
}

#[test]
fn a_policy_change_is_stored_without_an_event() {
    let mut story = Story::ready(&["a"]);
    let step = story.step(&decides(quorum(70)));
    assert_eq!((step.changed, step.events.len(), step.notices.len()), (true, 0, 0));
    assert_eq!(story.room.policy, quorum(70));
    assert!(!story.step(&decides(quorum(70))).changed, "it knows that");
}

#[test]
fn a_stale_policy_answer_is_ignored() {
    let mut story = Story::ready(&["a"]);
    let thought = story.room.settings();
    story.step(&decides(waiting(WaitMode::None)));
    let decided = RoomSettings {
        policy: waiting(WaitMode::All),
        owner_id: "user_owner".into(),
        ..RoomSettings::default()
    };
    let late = Input::Settings { settings: decided, instead_of: Some(thought) };
    assert!(!story.step(&late).changed);
    assert_eq!(story.room.policy.wait(), WaitMode::None);
}

#[test]
fn a_room_that_waits_for_nobody_never_holds() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&decides(waiting(WaitMode::None)));
    story.step(&report("b", PlayerState::Loading, "item"));
    for input in [play(), seek(9 * SECOND), choose("other"), report("a", PlayerState::Stalled, "other")] {
        story.after(SECOND).step(&input);
        assert_eq!(story.room.playback.hold, None, "{input:?}");
    }
    assert_eq!(story.phase(), RoomPhase::Playing);
}

#[test]
fn switching_to_wait_for_nobody_releases_the_hold_at_once() {
    let mut story = Story::ready(&["a"]);
    story.step(&choose("other"));
    assert_eq!(story.phase(), RoomPhase::Waiting);
    assert_eq!(story.changes(&decides(waiting(WaitMode::None))), [PlaybackChange::Release]);
    assert!(story.room.seats.iter().all(|seat| !seat.seat.awaited));
}

#[test]
fn the_wait_limit_comes_from_the_policy_of_the_room() {
    let mut story = Story::ready(&["a"]);
    story.step(&decides(PlaybackPolicy { wait_limit_ms: 1500, ..waiting(WaitMode::All) }));
    story.step(&choose("other"));
    let hold = story.room.playback.hold.clone().unwrap();
    assert_eq!(hold.until_us - hold.since_us, 1_500_000);
}

#[test]
fn a_quorum_releases_the_hold_and_late_players_catch_up() {
    let mut story = Story::ready(&["a", "b", "c", "d", "e"]);
    story.step(&decides(quorum(50)));
    story.step(&choose("other"));
    assert_eq!(story.waits_for(), ["a", "b", "c", "d", "e"]);
    for member in ["a", "b"] {
        assert_eq!(story.changes(&report(member, PlayerState::Ready, "other")), [PlaybackChange::Hold]);
    }
    assert_eq!(story.waits_for(), ["c", "d", "e"]);
    assert_eq!(story.changes(&report("c", PlayerState::Ready, "other")), [PlaybackChange::Release]);
    assert_eq!(story.changes(&report("d", PlayerState::Loading, "other")), [], "it glides in");
}

#[test]
fn a_quorum_already_ready_starts_without_a_hold() {
    let mut story = Story::ready(&["a", "b", "c"]);
    story.step(&decides(quorum(0)));
    story.step(&report("c", PlayerState::Loading, "item"));
    story.step(&play());
    assert_eq!(story.waits_for(), [""; 0], "two of three are more than half");
}

#[test]
fn a_quorum_is_recounted_when_someone_leaves() {
    let mut story = Story::ready(&["a", "b", "c", "d"]);
    story.step(&decides(quorum(50)));
    story.step(&choose("other"));
    story.step(&report("a", PlayerState::Ready, "other"));
    assert_eq!(story.changes(&leave("b")), [PlaybackChange::Hold], "one of three is not half");
    assert_eq!(story.changes(&report("c", PlayerState::Failed, "other")), [PlaybackChange::Release]);
}

#[test]
fn stalls_hold_the_room_when_they_break_the_quorum() {
    let mut story = Story::ready(&["a", "b", "c"]);
    story.step(&decides(quorum(60)));
    story.step(&play());
    story.after(LEAD + 5 * SECOND);
    assert_eq!(story.changes(&report("a", PlayerState::Stalled, "item")), []);
    assert_eq!(story.changes(&report("b", PlayerState::Stalled, "item")), [PlaybackChange::Hold]);
    assert_eq!((story.waits_for(), story.position()), (vec!["a", "b"], 5 * SECOND));
    assert_eq!(story.changes(&report("b", PlayerState::Ready, "item")), [PlaybackChange::Release]);
}

#[test]
fn an_excused_player_is_not_waited_for() {
    let excused = |state, item| PlayerStatus { excused: true, ..status(state, item) };
    let mut story = Story::ready(&["a", "b"]);
    story.step(&says("b", excused(PlayerState::Loading, "item")));
    assert_eq!(story.changes(&play()), [PlaybackChange::Play]);
    assert_eq!(story.waits_for(), [""; 0]);
    assert_eq!(story.after(SECOND).changes(&says("b", excused(PlayerState::Stalled, "item"))), []);
    story.step(&choose("other"));
    assert_eq!(story.waits_for(), ["a"]);
    let released = story.changes(&says("a", excused(PlayerState::Loading, "other")));
    assert_eq!(released, [PlaybackChange::Release], "also who asks for it while they are waited for");
}

#[test]
fn an_excused_player_does_not_lengthen_the_lead() {
    let mut story = Story::ready(&["a", "b"]);
    let slow = PlayerStatus { excused: true, delay_ms: 400.0, ..status(PlayerState::Ready, "item") };
    story.step(&says("b", slow));
    assert_eq!(story.step(&play()).events[0].execute_at_us, story.now_us + LEAD);
}

#[test]
fn a_connection_without_a_player_is_not_waited_for() {
    let mut story = Story::ready(&["a"]);
    for (id, mode) in [("chat", SessionMode::ChatOnly), ("remote", SessionMode::RemoteOnly)] {
        story.step(&join_as(id, id, mode));
        // Whatever it says.
        story.step(&report(id, PlayerState::Ready, "item"));
        story.step(&says(id, PlayerStatus { delay_ms: 9000.0, ..status(PlayerState::Loading, "item") }));
    }
    assert_eq!(story.step(&play()).events[0].execute_at_us, story.now_us + LEAD);
    assert_eq!(story.after(SECOND).changes(&report("chat", PlayerState::Stalled, "item")), []);
    story.step(&choose("other"));
    assert_eq!(story.waits_for(), ["a"]);
}

#[test]
fn a_person_with_two_devices_is_ready_when_one_is() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&join_as("b-tv", "b", SessionMode::Full));
    story.step(&report("b-tv", PlayerState::Ready, "item"));
    story.step(&choose("other"));
    assert_eq!(story.waits_for(), ["a", "b", "b-tv"]);
    story.step(&report("b-tv", PlayerState::Ready, "other"));
    assert_eq!(story.waits_for(), ["a"]);
    story.step(&report("a", PlayerState::Ready, "other"));
    assert_eq!(story.room.playback.hold, None);
    let stalled = story.after(SECOND).changes(&report("b", PlayerState::Stalled, "other"));
    assert_eq!(stalled, [], "the other one plays");
}

#[test]
fn a_quorum_counts_people_not_devices() {
    let mut story = Story::ready(&["a", "b", "c"]);
    for device in ["a2", "a3", "a4"] {
        story.step(&join_as(device, "a", SessionMode::Full));
        story.step(&report(device, PlayerState::Ready, "item"));
    }
    story.step(&decides(quorum(60)));
    story.step(&choose("other"));
    for device in ["a", "a2", "a3", "a4"] {
        story.step(&report(device, PlayerState::Ready, "other"));
        assert_eq!(story.phase(), RoomPhase::Waiting, "one person of three");
    }
    assert_eq!(story.changes(&report("b", PlayerState::Ready, "other")), [PlaybackChange::Release]);
}
