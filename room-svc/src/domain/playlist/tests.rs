use chrono::TimeDelta;
use ids::UserId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn id(number: u128) -> ItemId {
    Uuid::from_u128(number).into()
}

fn person(number: u128) -> SubjectId {
    UserId::from(Uuid::from_u128(number)).into()
}

fn entries(owners: &[u128]) -> Vec<Entry> {
    let numbered = (1_u128..).zip(owners);
    numbered
        .map(|(number, owner)| Entry { id: id(number), added_by: person(*owner), played_at: None, votes: 0 })
        .collect()
}

fn order(mode: QueueMode) -> Order {
    Order { mode, seed: 7 }
}

/// The items that a room plays from the first one on, each marked as it begins, as room-svc does.
fn plays(mut entries: Vec<Entry>, order: Order, most: usize) -> Vec<ItemId> {
    let (mut now, mut played) = (DateTime::<Utc>::UNIX_EPOCH, Vec::new());
    let mut next = entries.first().map(|entry| entry.id);
    while let Some(item) = next.filter(|_| played.len() < most) {
        now += TimeDelta::minutes(1);
        played.push(item);
        for entry in entries.iter_mut().filter(|entry| entry.id == item) {
            (entry.played_at, entry.votes) = (Some(now), 0);
        }
        next = following(&entries, order, item, Step::Ended);
    }
    played
}

#[test]
fn in_order_a_step_leads_to_the_neighbour_and_to_nothing_beyond_the_ends() {
    let three = entries(&[1, 1, 1]);
    for mode in [QueueMode::Unspecified, QueueMode::InOrder] {
        for step in [Step::Ended, Step::Removed, Step::Next] {
            let steps = [1, 2, 3, 4].map(|from| following(&three, order(mode), id(from), step));
            assert_eq!(steps, [Some(id(2)), Some(id(3)), None, None], "{step:?}");
        }
        let back = [1, 2, 3, 4].map(|from| following(&three, order(mode), id(from), Step::Previous));
        assert_eq!(back, [None, Some(id(1)), Some(id(2)), None]);
    }
}

#[test]
fn one_item_repeats_until_it_is_skipped_or_removed() {
    let two = entries(&[1, 1]);
    let steps = [Step::Ended, Step::Next, Step::Removed, Step::Previous]
        .map(|step| following(&two, order(QueueMode::LoopOne), id(1), step));
    assert_eq!(steps, [Some(id(1)), Some(id(2)), Some(id(2)), None]);
}

#[test]
fn a_loop_joins_the_end_to_the_beginning() {
    let three = entries(&[1, 1, 1]);
    let all = order(QueueMode::LoopAll);
    assert_eq!(following(&three, all, id(3), Step::Ended), Some(id(1)));
    assert_eq!(following(&three, all, id(1), Step::Previous), Some(id(3)));
    assert_eq!(following(&three[..1], all, id(1), Step::Ended), Some(id(1)));
    assert_eq!(following(&three[..1], all, id(1), Step::Removed), None);
}

#[test]
fn most_votes_win_and_the_first_of_several() {
    let mut four = entries(&[1, 1, 1, 1]);
    let vote = order(QueueMode::Vote);
    assert_eq!(following(&four, vote, id(2), Step::Ended), Some(id(3)), "nobody voted");
    (four[0].votes, four[3].votes) = (2, 2);
    four[1].votes = 9;
    assert_eq!(following(&four, vote, id(2), Step::Ended), Some(id(1)), "the current item does not count");
    four[3].votes = 3;
    assert_eq!(following(&four, vote, id(2), Step::Next), Some(id(4)));
    assert_eq!(plays(four, vote, 10), [id(1), id(2), id(4), id(3)], "each plays, then the room stops");
}

#[test]
fn people_take_turns_and_a_newcomer_does_not_wait_for_those_who_were_heard() {
    // 1 has three items, 2 has two; 3 comes last.
    let turns = order(QueueMode::Turns);
    assert_eq!(plays(entries(&[1, 1, 1, 2, 2]), turns, 10), [1, 4, 2, 5, 3].map(id));
    let mut room = entries(&[1, 1, 2, 2, 3]);
    let at = |minute| Some(DateTime::UNIX_EPOCH + TimeDelta::minutes(minute));
    (room[0].played_at, room[2].played_at) = (at(1), at(2));
    assert_eq!(following(&room, turns, id(3), Step::Ended), Some(id(5)), "3 was never heard");
    room[4].played_at = at(3);
    assert_eq!(following(&room, turns, id(5), Step::Ended), Some(id(2)), "1 has waited longer than 2");
    assert_eq!(following(&room, turns, id(5), Step::Previous), Some(id(3)));
}

#[test]
fn an_item_that_is_not_there_leads_nowhere() {
    for mode in (0..).map_while(|number| QueueMode::try_from(number).ok()) {
        for step in [Step::Ended, Step::Removed, Step::Next, Step::Previous] {
            assert_eq!(following(&entries(&[1, 2]), order(mode), id(9), step), None, "{mode:?} {step:?}");
            assert_eq!(following(&[], order(mode), id(9), step), None, "{mode:?} {step:?}");
        }
    }
}

fn shuffled_round(entries: &[Entry], seed: i64) -> Vec<ItemId> {
    let shuffle = Order { mode: QueueMode::Shuffle, seed };
    let first = entries[0].id;
    std::iter::successors(Some(first), |item| following(entries, shuffle, *item, Step::Ended))
        .take(entries.len())
        .collect()
}

proptest! {
    #[test]
    fn every_step_leads_into_the_playlist_and_a_removed_item_is_not_followed_by_itself(
        owners in prop::collection::vec(0..4_u128, 1..20), votes in prop::collection::vec(0..3_i64, 20),
        from: prop::sample::Index, seed: i64, mode in 0..7_i32,
    ) {
        let mut entries = entries(&owners);
        for (entry, votes) in entries.iter_mut().zip(votes) {
            entry.votes = votes;
        }
        let from = from.get(&entries).id;
        let order = Order { mode: QueueMode::try_from(mode).unwrap(), seed };
        for step in [Step::Ended, Step::Removed, Step::Next, Step::Previous] {
            let next = following(&entries, order, from, step);
            prop_assert!(next.is_none_or(|next| entries.iter().any(|entry| entry.id == next)));
            prop_assert!(step != Step::Removed || next != Some(from));
        }
    }

    #[test]
    fn a_shuffled_round_plays_each_item_once_and_back_again(owners in prop::collection::vec(0..4_u128, 1..40), seed: i64) {
        let entries = entries(&owners);
        let round = shuffled_round(&entries, seed);
        let mut sorted = round.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, entries.iter().map(|entry| entry.id).collect::<Vec<_>>());
        let shuffle = Order { mode: QueueMode::Shuffle, seed };
        prop_assert_eq!(following(&entries, shuffle, *round.last().unwrap(), Step::Ended), Some(round[0]));
        for pair in round.windows(2) {
            prop_assert_eq!(following(&entries, shuffle, pair[1], Step::Previous), Some(pair[0]));
        }
    }

    #[test]
    fn a_shuffled_order_survives_changes_of_the_playlist(count in 3..30_u128, moved: prop::sample::Index, removed in 1..30_usize, seed: i64) {
        let entries = entries(&vec![1; usize::try_from(count).unwrap()]);
        let round = shuffled_round(&entries, seed);
        let mut changed = entries.clone();
        let item = changed.remove(removed % entries.len());
        let rest: Vec<_> = round.iter().copied().filter(|id| *id != item.id).collect();
        let again = shuffled_round(&changed, seed);
        let turn = again.iter().position(|id| *id == rest[0]).unwrap();
        prop_assert_eq!([&again[turn..], &again[..turn]].concat(), rest);
        let at = moved.index(changed.len());
        changed.rotate_left(at);
        let moved = shuffled_round(&changed, seed);
        let turn = moved.iter().position(|id| *id == again[0]).unwrap();
        prop_assert_eq!([&moved[turn..], &moved[..turn]].concat(), again);
    }

    #[test]
    fn nobody_plays_twice_while_another_person_waits(owners in prop::collection::vec(0..4_u128, 1..30)) {
        let entries = entries(&owners);
        let played = plays(entries.clone(), order(QueueMode::Turns), 100);
        let owner = |item: ItemId| entries.iter().find(|entry| entry.id == item).unwrap().added_by;
        let mut sorted = played.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), "each item plays once");
        for (at, pair) in played.windows(2).enumerate() {
            let others_wait = played[at + 1..].iter().any(|item| owner(*item) != owner(pair[0]));
            prop_assert!(!others_wait || owner(pair[0]) != owner(pair[1]));
        }
        // Between two items of one person each other person who still has items has one.
        for (at, item) in played.iter().enumerate() {
            let Some(again) = played[at + 1..].iter().position(|next| owner(*next) == owner(*item)) else { continue };
            let between = &played[at + 1..=at + again];
            for waiting in played[at + 1 + again..].iter().map(|item| owner(*item)).filter(|person| *person != owner(*item)) {
                prop_assert!(between.iter().any(|item| owner(*item) == waiting));
            }
        }
    }
}
