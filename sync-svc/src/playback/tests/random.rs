//! The rules in any order: what must hold whatever happens.

use proptest::{prelude::*, sample::select};
use proto::sync::v1::{PlaybackState, Previous};

use super::*;

#[derive(Debug, Clone)]
struct Happening {
    input: Input,
    after_us: i64,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let session = select(vec!["a", "b", "c"]);
    let item = select(vec!["one", "two", "three"]);
    let state = (0..=7).prop_map(|state| PlayerState::try_from(state).unwrap());
    let action = prop_oneof![
        4 => Just(Action::Play(Play {})),
        3 => Just(Action::Pause(Pause {})),
        3 => (0..604_800_000_001_i64).prop_map(|position_us| Action::Seek(Seek { position_us })),
        1 => (0.25..=4.0).prop_map(|rate| Action::SetRate(SetRate { rate })),
        2 => item.clone().prop_map(|item| Action::ChangeItem(ChangeItem { item_id: item.into() })),
        1 => Just(Action::Next(Next {})),
        1 => Just(Action::Previous(Previous {})),
        1 => Just(Action::Stop(Stop {})),
    ];
    let guard = prop_oneof![5 => Just(None), 1 => (0..20_i64).prop_map(Some)];
    let commands = (action, guard, prop_oneof![5 => Just(""), 1 => item.clone()]).prop_map(
        |(action, expected_seq, guard)| {
            let Input::Command { command, by, item } = command(action) else { unreachable!() };
            Input::Command { command: Command { expected_seq, item_id: guard.into(), ..command }, by, item }
        },
    );
    let status = (state, item.clone(), 0.0..60_000.0).prop_map(|(state, item, delay_ms)| PlayerStatus {
        state: state.into(),
        item_id: item.into(),
        delay_ms,
        ..PlayerStatus::default()
    });
    let input = prop_oneof![
        6 => commands,
        3 => session.clone().prop_map(join),
        1 => session.clone().prop_map(leave),
        8 => (session, status).prop_map(|(session, status)| Input::Report { session_id: session.into(), status }),
        2 => item.clone().prop_map(|item| Input::ItemAdded { item_id: item.into() }),
        1 => (item.clone(), proptest::option::of(item)).prop_map(|(item, next)| Input::ItemRemoved { item_id: item.into(), next: next.map(Into::into) }),
        1 => Just(Input::GatewaysGone(vec!["gateway".into()])),
        1 => Just(Input::RoomDeleted),
        1 => Just(Input::TimePassed),
    ];
    // Replicas' clocks are not the same to the microsecond, so time may go back a little between steps.
    let after_us = prop_oneof![8 => 0..2_000_000_i64, 2 => 0..100_000_000_i64, 1 => -1000..0_i64];
    proptest::collection::vec(
        (input, after_us).prop_map(|(input, after_us)| Happening { input, after_us }),
        1..80,
    )
}

fn is_sound(state: &PlaybackState) -> bool {
    (0..=604_800_000_000).contains(&state.anchor_media_us)
        && (0.25..=4.0).contains(&state.rate)
        && (state.hold.is_none() || state.playing)
        && (!state.playing || !state.item_id.is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens(happenings in happenings()) {
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
                prop_assert!(room.seats.iter().any(|taken| taken.seat.awaited));
                prop_assert!(hold.until_us <= latest_us + PARAMS.hold_limit_us);
                let over = reduce(&room, &Input::TimePassed, hold.until_us, PARAMS).unwrap();
                prop_assert!(over.room.playback.hold.is_none() && over.room.playback.playing);
            } else {
                prop_assert!(room.seats.iter().all(|taken| !taken.seat.awaited));
            }
            prop_assert_eq!(room.seats.is_empty(), room.empty_since_us != 0);
        }
    }
}
