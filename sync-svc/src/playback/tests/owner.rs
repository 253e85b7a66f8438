//! Owners who go away, and those who are left.

use proto::{
    room::v1::{HandOver as Policy, PlaybackPolicy},
    sync::v1::RoomPhase,
};

use super::*;

const AWAY: i64 = PARAMS.owner_away_us;

fn decided(owner: &str, hand_over: Policy, delegate: &str) -> Input {
    let policy = PlaybackPolicy {
        hand_over: hand_over.into(),
        delegate_ids: delegate.split(',').filter(|id| !id.is_empty()).map(Into::into).collect(),
        ..PlaybackPolicy::default()
    };
    Input::Settings {
        settings: RoomSettings { policy, owner_id: owner.into(), ..RoomSettings::default() },
        instead_of: None,
    }
}

/// A room of `a`, with others, in which a film plays.
fn playing(hand_over: Policy, delegate: &str) -> Story {
    let mut story = Story::ready(&["a"]);
    for (name, after_us) in [("c", 2 * SECOND), ("b", SECOND)] {
        story.after(after_us).step(&join(name));
        story.step(&report(name, PlayerState::Ready, "item"));
    }
    story.step(&decided("user_a", hand_over, delegate));
    story.step(&play());
    story.after(LEAD + 10 * SECOND);
    story
}

fn candidates(story: &Story) -> Option<Vec<String>> {
    let wish = hand_over(&story.room, story.now_us, PARAMS)?;
    assert_eq!(wish.owner_id, story.room.owner_id);
    Some(wish.candidate_ids)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn phase(story: &Story) -> RoomPhase {
    story.room.playback.phase()
}

#[test]
fn heirs_are_the_members_present_when_the_owner_left_in_join_order() {
    for hand_over in [Policy::JoinOrder, Policy::Unspecified] {
        let mut story = playing(hand_over, "");
        let left_us = story.now_us;
        story.step(&leave("a"));
        story.after(SECOND).step(&join("late"));
        assert_eq!(owner_due_us(&story.room, PARAMS), Some(left_us + AWAY));
        story.now_us = left_us + AWAY - 1;
        assert_eq!(candidates(&story), None);
        story.after(1);
        assert_eq!(story.changes(&Input::TimePassed), [], "the film goes on");
        assert_eq!(candidates(&story), Some(names(&["user_c", "user_b"])), "not to who came since");
        story.step(&decided("user_c", hand_over, ""));
        assert_eq!((candidates(&story), owner_due_us(&story.room, PARAMS)), (None, None));
    }
}

#[test]
fn a_reload_does_not_count_as_absence() {
    for hand_over in [Policy::JoinOrder, Policy::Wait] {
        let mut story = playing(hand_over, "");
        story.step(&leave("a"));
        story.after(AWAY - 1).step(&join("a"));
        assert_eq!(story.after(AWAY).changes(&Input::TimePassed), []);
        assert_eq!((candidates(&story), story.room.playback.playing), (None, true));
    }
}

#[test]
fn absence_starts_when_the_owner_was_last_seen() {
    let mut story = playing(Policy::JoinOrder, "");
    story.after(SECOND).step(&join("late"));
    story.after(AWAY - SECOND).step(&Input::Leave { session_id: "a".into(), silent_us: AWAY });
    assert_eq!(
        candidates(&story),
        Some(names(&["user_c", "user_b"])),
        "who came meanwhile was not there with them"
    );
}

#[test]
fn a_reloading_member_counts_as_present() {
    let mut story = playing(Policy::JoinOrder, "");
    for name in ["b", "c", "a"] {
        story.step(&leave(name));
    }
    let went_us = story.now_us;
    let member = |name: &str, joined_us: i64| {
        let mut session = session(name);
        let joined_at = prost_types::Timestamp { seconds: joined_us / SECOND, nanos: 0 };
        session.member.as_mut().unwrap().joined_at = Some(joined_at);
        Input::Join { session, gone: vec![] }
    };
    story.after(AWAY + SECOND).step(&member("b", went_us - 5 * SECOND));
    story.step(&member("new", went_us + 5 * SECOND));
    assert_eq!(candidates(&story), Some(names(&["user_b"])));
    story.after(60 * SECOND).step(&member("c", went_us - 5 * SECOND));
    assert_eq!(candidates(&story), Some(names(&["user_b"])), "not who comes back much later");
}

#[test]
fn an_owner_with_another_device_is_present() {
    let mut story = playing(Policy::JoinOrder, "");
    let phone = Session { id: "phone".into(), ..session("a") };
    story.step(&Input::Join { session: phone, gone: vec![] });
    story.step(&leave("a"));
    assert_eq!(owner_due_us(&story.room, PARAMS), None);
    story.step(&leave("phone"));
    assert!(owner_due_us(&story.room, PARAMS).is_some());
}

#[test]
fn a_second_device_keeps_its_owners_place_in_the_order() {
    let mut story = playing(Policy::JoinOrder, "");
    let phone = Session { id: "phone".into(), ..session("c") };
    story.step(&Input::Join { session: phone, gone: vec![] });
    story.step(&leave("c"));
    story.step(&leave("a"));
    story.after(AWAY);
    assert_eq!(candidates(&story), Some(names(&["user_c", "user_b"])));
}

#[test]
fn an_owner_becomes_absent_when_their_gateway_dies() {
    let mut story = playing(Policy::JoinOrder, "");
    let elsewhere = Session { gateway_id: "other".into(), ..session("d") };
    story.step(&Input::Join { session: elsewhere, gone: vec![] });
    story.after(AWAY + SECOND).step(&Input::GatewaysGone(vec!["gateway".into()]));
    assert_eq!(
        candidates(&story),
        Some(names(&["user_d"])),
        "at once: its lease was as long as an owner may be away"
    );
}

#[test]
fn the_delegate_inherits_the_room_once_present() {
    let mut story = playing(Policy::Delegate, "user_d");
    story.step(&leave("a"));
    assert_eq!(story.after(AWAY).changes(&Input::TimePassed), [PlaybackChange::OwnerAway]);
    assert_eq!((candidates(&story), phase(&story)), (None, RoomPhase::OwnerAway));
    story.after(SECOND).step(&join("d"));
    assert_eq!(candidates(&story), Some(names(&["user_d"])), "at once: the owner was away for long enough");
    assert_eq!(story.changes(&decided("user_d", Policy::Delegate, "")), [PlaybackChange::OwnerBack]);
    assert_eq!((phase(&story), story.position()), (RoomPhase::Paused, 25 * SECOND));
}

#[test]
fn of_several_delegates_the_first_who_is_there_gets_the_room() {
    let mut story = playing(Policy::Delegate, "user_d,user_b,user_c");
    story.step(&leave("a"));
    story.after(AWAY);
    assert_eq!(story.changes(&Input::TimePassed), [], "the film goes on");
    assert_eq!(candidates(&story), Some(names(&["user_b", "user_c"])));
}

#[test]
fn a_room_that_waits_for_its_owner_stays_paused_until_they_return() {
    let mut story = playing(Policy::Wait, "");
    story.step(&leave("a"));
    story.after(AWAY);
    let step = story.step(&Input::TimePassed);
    let [event] = &step.events[..] else { panic!("{:?}", step.events) };
    assert_eq!((event.change(), event.execute_at_us), (PlaybackChange::OwnerAway, story.now_us));
    assert_eq!((phase(&story), story.room.playback.playing), (RoomPhase::OwnerAway, false));
    assert_eq!(story.after(SECOND).changes(&Input::TimePassed), [], "said once");
    assert_eq!(story.after(3600 * SECOND).changes(&join("a")), [PlaybackChange::OwnerBack]);
    assert_eq!(
        (phase(&story), story.position()),
        (RoomPhase::Paused, 25 * SECOND),
        "it does not go on by itself"
    );
}

#[test]
fn a_permitted_member_can_resume_without_the_owner() {
    let mut story = playing(Policy::Wait, "");
    story.step(&leave("a"));
    story.after(AWAY).step(&Input::TimePassed);
    assert_eq!(story.changes(&play()), [PlaybackChange::Play]);
    story.after(LEAD + 10 * SECOND);
    assert_eq!((story.changes(&Input::TimePassed), phase(&story)), (vec![], RoomPhase::Playing));
    assert_eq!(story.changes(&join("a")), [PlaybackChange::OwnerBack]);
    assert_eq!((story.room.playback.playing, story.position()), (true, 35 * SECOND));
}

#[test]
fn a_waiting_start_is_cancelled() {
    let mut story = playing(Policy::Wait, "");
    story.step(&leave("a"));
    story.after(AWAY - SECOND).step(&choose("other"));
    assert!(story.room.playback.hold.is_some());
    assert_eq!(story.after(SECOND).changes(&Input::TimePassed), [PlaybackChange::OwnerAway]);
    assert_eq!((story.room.playback.hold.is_some(), story.position()), (false, 0));
    assert!(story.room.seats.iter().all(|seat| !seat.seat.awaited));
}

#[test]
fn an_empty_room_stays_idle_and_does_not_go_to_the_next_visitor() {
    for hand_over in [Policy::JoinOrder, Policy::Wait] {
        let mut story = playing(hand_over, "");
        for name in ["a", "b", "c"] {
            story.step(&leave(name));
        }
        assert_eq!(story.after(AWAY).changes(&Input::TimePassed), []);
        assert_eq!(owner_due_us(&story.room, PARAMS), None);
        story.after(3600 * SECOND).step(&join("stranger"));
        assert_eq!(candidates(&story), None);
        let waits = hand_over == Policy::Wait;
        assert_eq!(
            story.changes(&Input::TimePassed),
            if waits { vec![PlaybackChange::OwnerAway] } else { vec![] }
        );
    }
}

#[test]
fn a_room_whose_owner_never_joined_stays_idle() {
    let mut story = Story::ready(&["b"]);
    story.step(&decided("user_a", Policy::JoinOrder, ""));
    assert_eq!((owner_due_us(&story.room, PARAMS), candidates(story.after(AWAY))), (None, None));
}

#[test]
fn a_new_owner_who_already_left_counts_as_absent() {
    let mut story = playing(Policy::JoinOrder, "");
    story.step(&leave("a"));
    story.after(AWAY).step(&leave("c"));
    story.step(&decided("user_c", Policy::JoinOrder, ""));
    story.after(AWAY);
    assert_eq!(candidates(&story), Some(names(&["user_b"])));
}

#[test]
fn a_room_can_be_transferred_to_an_absent_member() {
    let mut story = playing(Policy::JoinOrder, "");
    story.step(&decided("user_d", Policy::JoinOrder, ""));
    assert_eq!((candidates(story.after(AWAY)), owner_due_us(&story.room, PARAMS)), (None, None));
}

#[test]
fn members_who_rejoin_after_a_lost_log_count_as_present() {
    let story = playing(Policy::JoinOrder, "");
    let lost_us = story.now_us;
    let mut story =
        Story { room: Room::restored(&story.room.checkpoint(), lost_us, lost_us).unwrap(), ..story };
    story.after(3 * SECOND).step(&join("b"));
    story.after(SECOND).step(&join("c"));
    story.after(30 * SECOND).step(&join("stranger"));
    assert_eq!(candidates(&story), Some(names(&["user_b", "user_c"])));
}
