//! The rules in any order: what must hold whatever happens.

use proptest::{prelude::*, sample::select};
use proto::sync::v1::{PlaybackState, Previous, SeekBy, UndoSeek, VoteSkip};

use super::*;

#[derive(Debug, Clone)]
pub(crate) struct Happening {
    pub(crate) input: Input,
    pub(crate) after_us: i64,
}

pub(crate) fn happening() -> impl Strategy<Value = Happening> {
    let session = select(vec!["a", "b", "c"]);
    let name = select(vec!["one", "two", "three"]);
    let state = (0..=8).prop_map(|state| PlayerState::try_from(state).unwrap());
    let action = prop_oneof![
        4 => Just(Action::Play(Play {})),
        3 => Just(Action::Pause(Pause {})),
        3 => (0..604_800_000_001_i64).prop_map(|position_us| Action::Seek(Seek { position_us })),
        1 => (0.25..=4.0).prop_map(|rate| Action::SetRate(SetRate { rate })),
        2 => name.clone().prop_map(|item| Action::ChangeItem(ChangeItem { item_id: item.into(), from_start: false })),
        1 => (-10_000_000..10_000_000_i64).prop_map(|offset_us| Action::SeekBy(SeekBy { offset_us })),
        1 => Just(Action::UndoSeek(UndoSeek {})),
        1 => Just(Action::Next(Next {})),
        1 => Just(Action::Previous(Previous {})),
        1 => Just(Action::Stop(Stop {})),
        2 => any::<bool>().prop_map(|withdraw| Action::VoteSkip(VoteSkip { withdraw })),
    ];
    let guard = prop_oneof![5 => Just(None), 1 => (0..20_i64).prop_map(Some)];
    let commands = (action, guard, prop_oneof![5 => Just(""), 1 => name.clone()]).prop_map(
        |(action, expected_seq, guard)| {
            let Input::Command { command, by, item } = command(action) else { unreachable!() };
            Input::Command { command: Command { expected_seq, item_id: guard.into(), ..command }, by, item }
        },
    );
    let drift_ms = prop_oneof![3 => Just(0.0), 1 => -86_400_000.0..86_400_000.0];
    let excused = proptest::bool::weighted(0.1);
    let status = (state, name.clone(), 0.0..60_000.0, excused, name.clone(), drift_ms).prop_map(
        |(state, item, delay_ms, excused, prepared, drift_ms)| PlayerStatus {
            state: state.into(),
            item_id: item.into(),
            delay_ms,
            excused,
            prepared_item_id: prepared.into(),
            drift_ms,
            ..PlayerStatus::default()
        },
    );
    let policy =
        (0..4_i32, 0..101_i32, proptest::bool::ANY).prop_map(|(wait, quorum_percent, stop_at_end)| {
            PlaybackPolicy { wait, quorum_percent, stop_at_end, ..PlaybackPolicy::default() }
        });
    let chosen =
        (name.clone(), select(vec![0, 1, 3 * SECOND, 90 * SECOND]), select(vec![0, 0, SECOND, 90 * SECOND]))
            .prop_map(|(item, duration_us, start_us)| Item { start_us, ..lasting(item, duration_us) });
    let input = prop_oneof![
        6 => commands,
        3 => session.clone().prop_map(join),
        1 => session.clone().prop_map(leave),
        8 => (session, status).prop_map(|(session, status)| Input::Report { session_id: session.into(), status }),
        2 => (chosen.clone(), proptest::option::of(name.clone())).prop_map(|(item, after)| added(item, after)),
        2 => chosen.clone().prop_map(Input::ItemMeasured),
        1 => (name.clone(), proptest::option::of(chosen.clone())).prop_map(|(item, next)| Input::ItemRemoved { item_id: item.into(), next }),
        4 => (name, proptest::option::of(chosen)).prop_map(|(from, next)| Input::Advance { from: from.into(), next }),
        2 => (policy, 0..4_i32, select(vec!["user_a", "user_c"]), select(vec![0, 1_050_000_000, 1_090_000_000])).prop_map(
            |(policy, hand_over, owner, auto_start_at_us)| {
                let policy = PlaybackPolicy { hand_over, delegate_ids: vec!["user_b".into()], ..policy };
                let settings =
                    RoomSettings { policy, owner_id: owner.into(), auto_start_at_us, ..RoomSettings::default() };
                Input::Settings { settings, instead_of: None }
            }
        ),
        2 => Just(Input::Voters(vec!["user_a".into(), "user_b".into()])),
        1 => (select(vec!["one", "two"]), proptest::option::of(Just(lasting("three", 0))))
            .prop_map(|(from, next)| Input::Skip { from: from.into(), next }),
        1 => (select(vec!["one", "two"]), select(vec!["", "three"]))
            .prop_map(|(from, next)| Input::Following { from: from.into(), next_id: next.into() }),
        1 => Just(Input::GatewaysGone(vec!["gateway".into()])),
        1 => Just(Input::RoomDeleted),
        1 => Just(Input::RoomClosed),
        1 => Just(Input::TimePassed),
    ];
    // Replicas' clocks are not the same to the microsecond, so time may go back a little between steps.
    let after_us = prop_oneof![8 => 0..2_000_000_i64, 2 => 0..100_000_000_i64, 1 => -1000..0_i64];
    (input, after_us).prop_map(|(input, after_us)| Happening { input, after_us })
}

pub(crate) fn is_sound(state: &PlaybackState) -> bool {
    (0..=604_800_000_000).contains(&state.anchor_media_us)
        && (0.25..=4.0).contains(&state.rate)
        && (state.hold.is_none() || state.playing)
        && (!state.playing || !state.item_id.is_empty())
        && (state.duration_us == 0 || state.anchor_media_us <= state.duration_us)
        && (state.undo.is_none() || !state.item_id.is_empty())
        && (state.phase() == RoomPhase::Waiting) == state.hold.is_some()
        && (state.phase() == RoomPhase::Created) == state.item_id.is_empty()
        && (state.phase() == RoomPhase::Playing) == (state.playing && state.hold.is_none())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_for_any_sequence_of_inputs(happenings in proptest::collection::vec(happening(), 1..80)) {
        let (mut room, mut now_us, mut latest_us) = (Room::fresh(1_000_000_000), 1_000_000_000, 0);
        // What someone has who only ever got the events.
        let mut replayed = room.playback.clone();
        for Happening { input, after_us } in happenings {
            now_us += after_us;
            latest_us = latest_us.max(now_us);
            let before = room.clone();
            let again = reduce(&room, &input, now_us, PARAMS);
            match reduce(&room, &input, now_us, PARAMS) {
                Err(rejection) => {
                    prop_assert_eq!(&room, &before);
                    prop_assert_eq!(again.unwrap_err(), rejection, "the same input, the same result");
                    continue;
                }
                Ok(step) => {
                    prop_assert_eq!(&again.unwrap().room, &step.room, "the same input, the same result");
                    for event in &step.events {
                        prop_assert_eq!(event.seq, replayed.seq + 1, "gapless");
                        let state = event.state.clone().unwrap();
                        prop_assert_eq!(state.seq, event.seq);
                        prop_assert!(is_sound(&state), "{:?}", state);
                        replayed = state;
                    }
                    prop_assert!(step.changed || (step.events.is_empty() && step.room == before));
                    if let Input::Command { command, .. } = &input {
                        let last = step.events.last().unwrap();
                        prop_assert_eq!(&last.command_id, &command.id, "a command's event is the last");
                        if matches!(command.action, Some(Action::Pause(_))) {
                            prop_assert_eq!(step.room.playback.anchor_media_us, position_us(&before.playback, now_us));
                            prop_assert!(!step.room.playback.playing);
                        }
                    }
                    room = step.room;
                }
            }
            // Everyone who replays the events is where the room is, whenever they look; only who is waited for may
            // be told late.
            for at_us in [now_us, now_us + 1, now_us + 700_000, now_us + 3_600_000_000, i64::MAX] {
                prop_assert_eq!(position_us(&room.playback, at_us), position_us(&replayed, at_us));
            }
            prop_assert_eq!(&room.playback.item_id, &replayed.item_id);
            prop_assert_eq!(&room.playback.hold.is_some(), &replayed.hold.is_some());
            prop_assert_eq!(Room::decode(&room.encode()).unwrap(), room.clone(), "kept and loaded, it is the same");
            // A hold waits for somebody who is there, and ends.
            if let Some(hold) = &room.playback.hold {
                prop_assert!(room.seats.iter().any(|seat| seat.seat.awaited));
                prop_assert!(hold.until_us <= latest_us + PARAMS.hold_limit_us);
                let over = reduce(&room, &Input::TimePassed, hold.until_us, PARAMS).unwrap();
                prop_assert!(over.room.playback.hold.is_none() && (over.room.playback.playing || over.room.owner_is_away));
            } else {
                prop_assert!(room.seats.iter().all(|seat| !seat.seat.awaited));
            }
            // An item that ends gives way once, to the next or to a stop.
            if let Some((_, end_us)) = crate::playback::rules::end::way_to_end(&room) {
                prop_assert!(wake_us(&room).is_some_and(|at_us| at_us <= end_us));
                for next in [None, Some(lasting("four", 0))] {
                    let advance = Input::Advance { from: room.playback.item_id.clone(), next };
                    let over = reduce(&room, &advance, end_us.max(now_us), PARAMS).unwrap();
                    let after = &over.room.playback;
                    prop_assert!(after.playing == (after.item_id == "four"), "{:?}", over);
                    prop_assert!(!reduce(&over.room, &advance, end_us.max(now_us), PARAMS).unwrap().changed);
                }
            }
            // A room that came to its end for want of an item goes on once, with what was put behind it.
            if wants_more(&room) {
                prop_assert!(!room.playback.playing && !room.seats.is_empty());
                // That its owner is missed by now may come first, and then it stands for that.
                let elsewhere = added(lasting("four", 0), Some("five"));
                let stays = reduce(&room, &elsewhere, now_us, PARAMS).unwrap();
                prop_assert_eq!(&stays.room.playback.item_id, &room.playback.item_id);
                let behind = added(lasting("four", 0), Some(&room.playback.item_id));
                let over = reduce(&room, &behind, now_us, PARAMS).unwrap();
                prop_assert!(over.room.playback.playing == (over.room.playback.item_id == "four"), "{:?}", over);
                prop_assert!(!reduce(&over.room, &behind, now_us, PARAMS).unwrap().changed);
            }
            prop_assert_eq!(room.seats.is_empty(), room.empty_since_us != 0);
        }
    }
}
