//! Who is there.

use proto::sync::v1::Seat;

use super::*;

#[test]
fn an_abandoned_room_is_paused_where_it_was_left() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 20 * SECOND).step(&leave("a"));
    assert_eq!(story.after(10 * SECOND).changes(&join("a")), [], "a reload is no leaving");
    story.after(10 * SECOND).step(&leave("a"));
    assert_eq!(story.after(3600 * SECOND).changes(&join("b")), [PlaybackChange::Pause]);
    assert_eq!(story.position(), 40 * SECOND);
}

#[test]
fn a_room_commanded_without_a_session_keeps_playing() {
    let mut story = Story::ready(&["a"]);
    story.step(&leave("a"));
    story.after(3600 * SECOND).step(&play());
    story.after(10 * SECOND);
    assert_eq!(story.changes(&join("a")), []);
    assert!(story.room.playback.playing);
}

#[test]
fn a_deleted_room_loses_its_sessions_and_its_item() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&choose("other"));
    let step = story.step(&Input::RoomDeleted);
    assert_eq!(step.events.iter().map(PlaybackEvent::change).collect::<Vec<_>>(), [PlaybackChange::Stop]);
    assert_eq!((step.notices.len(), story.room.seats.len()), (2, 0));
}

#[test]
fn reports_are_announced_when_visible_and_stored_when_a_rule_needs_them() {
    let mut story = Story::ready(&["a"]);
    let told = |state: PlayerState, change: fn(&mut PlayerStatus)| {
        let Input::Report { session_id, mut status } = report("a", state, "item") else { unreachable!() };
        change(&mut status);
        Input::Report { session_id, status }
    };
    let cases = [
        ("the same again", told(PlayerState::Ready, |_| ()), false, 0),
        ("another state", told(PlayerState::InSync, |_| ()), true, 1),
        ("a correction", told(PlayerState::Adjusting, |_| ()), false, 0),
        ("its end", told(PlayerState::InSync, |_| ()), false, 0),
        ("how far off it is", told(PlayerState::InSync, |status| status.drift_ms = 80.0), false, 0),
        ("a slower network", told(PlayerState::InSync, |status| status.delay_ms = 200.0), true, 0),
        ("it need not be waited for", told(PlayerState::InSync, |status| status.excused = true), true, 1),
        (
            "another item is prepared",
            told(PlayerState::InSync, |status| {
                status.excused = true;
                status.prepared_item_id = "next".into();
            }),
            true,
            0,
        ),
        ("another item", report("a", PlayerState::InSync, "next"), true, 1),
    ];
    for (what, input, kept, notices) in cases {
        let step = story.step(&input);
        assert_eq!((step.changed, step.notices.len(), step.events.len()), (kept, notices, 0), "{what}");
    }
}

#[test]
fn a_room_has_a_session_limit() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    let seat = |number: usize| Seat { session: Some(session(&number.to_string())), ..Seat::default() };
    story.room.seats = (1..MOST_SESSIONS).map(|number| EncodedSeat::new(seat(number))).collect();
    story.step(&join("the last"));
    assert_eq!(story.refused(&join("one more")), Rejection::TooManySessions);
    story.step(&join("7"));
    assert_eq!(story.room.seats.len(), MOST_SESSIONS, "who comes again takes the same seat");
}

#[test]
fn a_restored_room_continues_in_a_new_epoch() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&play());
    story.after(LEAD + 10 * SECOND).step(&choose("other"));
    story.after(SECOND);
    let room = Room::restored(&story.room.checkpoint(), story.now_us, story.now_us + 60 * SECOND).unwrap();
    assert_eq!((room.playback.epoch, room.playback.seq), (2, story.room.playback.seq));
    story.room = room;
    story.after(60 * SECOND).step(&join("a"));
    assert_eq!((story.room.playback.playing, story.position()), (false, 0));
}

#[test]
fn a_changed_member_is_shown_in_each_of_their_sessions_and_once() {
    let mut story = Story::ready(&["a", "b"]);
    let mut second = session("a");
    second.id = "a2".into();
    story.step(&Input::Join { session: second, gone: vec![] });
    let renamed = Member { subject_id: "user_a".into(), display_name: "Ada".into(), ..Member::default() };

    let step = story.step(&Input::MemberChanged(renamed.clone()));
    assert_eq!((step.changed, step.events.len(), step.notices.len()), (true, 0, 2));
    let names: Vec<_> = story.room.seats.iter().map(|seat| seat.session().member.clone()).collect();
    assert_eq!(names.iter().filter(|member| **member == Some(renamed.clone())).count(), 2);

    let again = story.step(&Input::MemberChanged(renamed));
    assert_eq!((again.changed, again.notices.len()), (false, 0), "nothing is new");
    let absent = Member { subject_id: "user_c".into(), ..Member::default() };
    assert!(!story.step(&Input::MemberChanged(absent)).changed);
}
