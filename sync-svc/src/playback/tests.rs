//! The rules, one by one; `tests/random.rs` beside this has them in any order.

mod random;

use proto::{
    room::v1::Member,
    sync::v1::{
        ChangeItem, Command, HoldReason, Next, Pause, Play, PlaybackChange, PlayerState, PlayerStatus, Seek,
        Session, SetRate, Stop, command::Action,
    },
};

use super::*;

const PARAMS: Params = Params { hold_limit_us: 5_000_000 };
const SECOND: i64 = 1_000_000;
const LEAD: i64 = 150_000;

fn command(action: Action) -> Input {
    let item = match &action {
        Action::ChangeItem(change) => Some(change.item_id.clone()),
        Action::Next(_) => Some("next".to_owned()),
        _ => None,
    };
    Input::Command {
        command: Command { id: "command-1".into(), action: Some(action), ..Command::default() },
        by: "user_a".into(),
        item,
    }
}

fn play() -> Input {
    command(Action::Play(Play {}))
}

fn pause() -> Input {
    command(Action::Pause(Pause {}))
}

fn seek(position_us: i64) -> Input {
    command(Action::Seek(Seek { position_us }))
}

fn choose(item: &str) -> Input {
    command(Action::ChangeItem(ChangeItem { item_id: item.into() }))
}

fn session(id: &str) -> Session {
    let member = Some(Member { subject_id: format!("user_{id}"), ..Member::default() });
    Session { id: id.into(), gateway_id: "gateway".into(), member, status: None }
}

fn join(id: &str) -> Input {
    Input::Join { session: session(id), gone: vec![] }
}

fn leave(id: &str) -> Input {
    Input::Leave { session_id: id.into() }
}

fn report(id: &str, state: PlayerState, item: &str) -> Input {
    let status =
        PlayerStatus { state: state.into(), item_id: item.into(), delay_ms: 10.0, ..PlayerStatus::default() };
    Input::Report { session_id: id.into(), status }
}

/// A room to which things happen.
struct Story {
    room: Room,
    now_us: i64,
}

impl Story {
    /// A paused item, and members whose players are ready for it.
    fn ready(members: &[&str]) -> Self {
        let mut story = Self { room: Room::fresh(0), now_us: SECOND };
        for member in members {
            story.step(&join(member));
        }
        story.step(&Input::ItemAdded { item_id: "item".into() });
        for member in members {
            story.step(&report(member, PlayerState::Ready, "item"));
        }
        story
    }

    fn step(&mut self, input: &Input) -> Step {
        let step = reduce(&self.room, input, self.now_us, PARAMS).unwrap();
        self.room = step.room.clone();
        step
    }

    fn changes(&mut self, input: &Input) -> Vec<PlaybackChange> {
        self.step(input).events.iter().map(PlaybackEvent::change).collect()
    }

    fn refused(&self, input: &Input) -> Rejection {
        reduce(&self.room, input, self.now_us, PARAMS).unwrap_err()
    }

    fn after(&mut self, us: i64) -> &mut Self {
        self.now_us += us;
        self
    }

    fn position(&self) -> i64 {
        position_us(&self.room.playback, self.now_us)
    }

    fn waits_for(&self) -> Vec<&str> {
        let hold = self.room.playback.hold.iter();
        hold.flat_map(|hold| hold.waiting_session_ids.iter().map(String::as_str)).collect()
    }
}

#[test]
fn the_first_item_is_on_at_once_and_stands_at_its_start() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    assert_eq!(story.changes(&Input::ItemAdded { item_id: "one".into() }), [PlaybackChange::Item]);
    assert_eq!(story.changes(&Input::ItemAdded { item_id: "two".into() }), []);
    let playback = &story.room.playback;
    assert_eq!(
        (playback.item_id.as_str(), playback.playing, playback.anchor_media_us, playback.seq),
        ("one", false, 0, 1)
    );
}

#[test]
fn when_all_are_ready_play_starts_after_the_lead() {
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
fn pause_acts_at_once_where_the_room_is() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 7 * SECOND);
    let step = story.step(&pause());
    assert_eq!(step.events[0].execute_at_us, story.now_us);
    assert_eq!(story.room.playback.anchor_media_us, 7 * SECOND);
    assert_eq!(story.after(SECOND).position(), 7 * SECOND);
}

#[test]
fn a_pause_before_the_start_takes_it_back() {
    let mut story = Story::ready(&["a"]);
    story.step(&seek(3 * SECOND));
    story.step(&play());
    story.after(LEAD / 2).step(&pause());
    assert_eq!(story.after(SECOND).position(), 3 * SECOND);
}

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
fn a_report_from_before_the_hold_does_not_end_it() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(SECOND).step(&seek(90 * SECOND));
    story.after(100_000).step(&report("a", PlayerState::InSync, "item"));
    assert_eq!(story.waits_for(), ["a"]);
    story.after(SECOND).step(&report("a", PlayerState::InSync, "item"));
    assert_eq!(story.room.playback.hold, None, "by now it must know of the hold");
}

#[test]
fn a_hold_ends_when_its_limit_is_over() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&choose("other"));
    assert_eq!(story.after(PARAMS.hold_limit_us - 1).changes(&Input::TimePassed), []);
    assert_eq!(story.position(), 0);
    assert_eq!(story.after(1).changes(&Input::TimePassed), [PlaybackChange::Release]);
    assert_eq!(story.after(LEAD + SECOND).position(), SECOND);
    assert!(story.room.seats.iter().all(|taken| !taken.seat.awaited));
}

#[test]
fn any_input_finds_a_hold_that_is_over() {
    let mut story = Story::ready(&["a"]);
    story.step(&choose("other"));
    story.after(PARAMS.hold_limit_us);
    assert_eq!(story.changes(&join("late")), [PlaybackChange::Release]);
}

#[test]
fn a_hold_ends_when_those_it_waits_for_leave_or_fail() {
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
fn who_is_blocked_or_has_no_player_holds_nobody() {
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
fn who_joins_stops_nothing() {
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
fn who_is_alone_is_waited_for_and_released_at_once() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    story.step(&Input::ItemAdded { item_id: "item".into() });
    story.step(&join("a"));
    story.step(&report("a", PlayerState::Loading, "item"));
    story.step(&play());
    assert_eq!(story.waits_for(), ["a"]);
    assert_eq!(story.changes(&report("a", PlayerState::Ready, "item")), [PlaybackChange::Release]);
}

#[test]
fn a_stall_holds_the_room_but_not_again_and_again() {
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
fn commands_are_guarded() {
    let mut story = Story::ready(&["a"]);
    let guarded = |expected_seq, item_id: &str| {
        let command = Command {
            id: "command-2".into(),
            expected_seq,
            item_id: item_id.into(),
            action: Some(Action::Play(Play {})),
        };
        Input::Command { command, by: "user_a".into(), item: None }
    };
    assert_eq!(story.refused(&guarded(Some(7), "")), Rejection::StaleSequence { seq: 1 });
    assert_eq!(story.refused(&guarded(None, "old")), Rejection::ItemMismatch { current: "item".into() });
    story.step(&guarded(Some(1), "item"));
    story.step(&command(Action::Stop(Stop {})));
    for action in
        [Action::Play(Play {}), Action::Seek(Seek { position_us: 1 }), Action::SetRate(SetRate { rate: 2.0 })]
    {
        assert_eq!(story.refused(&command(action)), Rejection::NoItem);
    }
    let nowhere = Input::Command {
        command: Command { action: Some(Action::Next(Next {})), ..Command::default() },
        by: String::new(),
        item: None,
    };
    assert_eq!(story.refused(&nowhere), Rejection::NoItem);
    assert_eq!(story.refused(&report("nobody", PlayerState::Ready, "item")), Rejection::UnknownSession);
}

#[test]
fn a_new_speed_goes_on_from_where_the_room_is() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 10 * SECOND).step(&command(Action::SetRate(SetRate { rate: 2.0 })));
    assert_eq!(story.position(), 10 * SECOND);
    assert_eq!(story.after(SECOND).position(), 12 * SECOND);
}

#[test]
fn the_item_after_a_removed_one_goes_on_as_it_was() {
    for playing in [false, true] {
        let mut story = Story::ready(&["a"]);
        if playing {
            story.step(&play());
        }
        assert_eq!(story.changes(&Input::ItemRemoved { item_id: "other".into(), next: None }), []);
        story.step(&Input::ItemRemoved { item_id: "item".into(), next: Some("next".into()) });
        assert_eq!((story.room.playback.item_id.as_str(), story.room.playback.playing), ("next", playing));
        assert_eq!(
            story.changes(&Input::ItemRemoved { item_id: "next".into(), next: None }),
            [PlaybackChange::Stop]
        );
        assert_eq!(story.room.playback.item_id, "");
    }
}

#[test]
fn a_room_that_was_left_stands_where_it_was_left() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 20 * SECOND).step(&leave("a"));
    assert_eq!(story.after(10 * SECOND).changes(&join("a")), [], "a reload is no leaving");
    story.after(10 * SECOND).step(&leave("a"));
    assert_eq!(story.after(3600 * SECOND).changes(&join("b")), [PlaybackChange::Pause]);
    assert_eq!(story.position(), 40 * SECOND);
}

#[test]
fn a_room_that_is_minded_without_a_session_runs_on() {
    let mut story = Story::ready(&["a"]);
    story.step(&leave("a"));
    story.after(3600 * SECOND).step(&play());
    story.after(10 * SECOND);
    assert_eq!(story.changes(&join("a")), []);
    assert!(story.room.playback.playing);
}

#[test]
fn a_deleted_room_has_nobody_and_nothing() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&choose("other"));
    let step = story.step(&Input::RoomDeleted);
    assert_eq!(step.events.iter().map(PlaybackEvent::change).collect::<Vec<_>>(), [PlaybackChange::Stop]);
    assert_eq!((step.notices.len(), story.room.seats.len()), (2, 0));
}

#[test]
fn a_report_that_changes_nothing_is_told_and_not_kept() {
    let mut story = Story::ready(&["a"]);
    let step = story.step(&report("a", PlayerState::Ready, "item"));
    assert_eq!((step.changed, step.notices.len()), (false, 1));
    assert!(story.step(&report("a", PlayerState::Adjusting, "item")).changed);
}

#[test]
fn a_room_takes_so_many_sessions_and_no_more() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    for number in 0..MOST_SESSIONS {
        story.step(&join(&number.to_string()));
    }
    assert_eq!(story.refused(&join("one more")), Rejection::TooManySessions);
    story.step(&join("7"));
    assert_eq!(story.room.seats.len(), MOST_SESSIONS, "who comes again takes the same seat");
}

#[test]
fn a_large_hold_tells_of_few_at_a_time() {
    let names: Vec<_> = (0..200).map(|number| number.to_string()).collect();
    let mut story = Story::ready(&names.iter().map(String::as_str).collect::<Vec<_>>());
    story.step(&choose("other"));
    assert_eq!(story.waits_for().len(), 100);
    let events: usize =
        names.iter().map(|name| story.step(&report(name, PlayerState::Ready, "other")).events.len()).sum();
    assert!((2..30).contains(&events), "{events}");
    assert_eq!(story.room.playback.hold, None);
}

#[test]
fn a_restored_room_goes_on_in_another_epoch() {
    let mut story = Story::ready(&["a", "b"]);
    story.step(&play());
    story.after(LEAD + 10 * SECOND).step(&choose("other"));
    story.after(SECOND);
    let room = Room::restored(&story.room.encode(), story.now_us, story.now_us + 60 * SECOND).unwrap();
    assert_eq!((room.playback.epoch, room.playback.seq), (2, story.room.playback.seq));
    story.room = room;
    story.after(60 * SECOND).step(&join("a"));
    assert_eq!((story.room.playback.playing, story.position()), (false, 0));
}
