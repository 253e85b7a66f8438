//! Votes to skip an item, and items that play again.

use proto::{
    room::v1::QueuePolicy,
    sync::v1::{SkipVote, VoteSkip},
};

use super::*;

fn votes(by: &str, withdraw: bool) -> Input {
    Input::Command {
        command: Command {
            id: "vote".into(),
            item_id: "item".into(),
            action: Some(Action::VoteSkip(VoteSkip { withdraw })),
            ..Command::default()
        },
        by: by.into(),
        item: None,
    }
}

fn may_vote(people: &[&str]) -> Input {
    Input::Voters(people.iter().map(|person| format!("user_{person}")).collect())
}

fn skip(next: Option<Item>) -> Input {
    Input::Skip { from: "item".into(), next }
}

fn chooses(queue: QueuePolicy) -> Input {
    let settings = RoomSettings { queue, ..RoomSettings::default() };
    Input::Settings { settings, instead_of: None }
}

/// A room that plays, and who of its people may vote.
fn room(members: &[&str], voters: &[&str]) -> Story {
    let mut story = Story::ready(members);
    story.step(&play());
    story.after(LEAD + SECOND).step(&may_vote(voters));
    story
}

fn tally(story: &Story) -> Option<(i32, i32, i32)> {
    let vote = story.room.playback.skip_vote.as_ref()?;
    Some((vote.votes, vote.needed, vote.voters))
}

// Case W5.
#[test]
fn only_people_who_may_vote_count() {
    let mut story = room(&["a", "b", "c"], &["a"]);
    assert_eq!(story.refused(&votes("user_b", false)), Rejection::MayNotVote);
    assert!(!is_skip_due(&story.room));
    assert_eq!(story.changes(&votes("user_a", false)), [PlaybackChange::SkipVote]);
    assert_eq!(tally(&story), Some((1, 1, 1)));
    assert_eq!((is_skip_due(&story.room), wake_us(&story.room)), (true, Some(0)));
    assert_eq!(story.changes(&skip(Some(item("next")))), [PlaybackChange::Item]);
    assert_eq!((story.room.playback.item_id.as_str(), tally(&story)), ("next", None));
    assert!(!story.step(&skip(Some(item("third")))).changed, "once");
}

#[test]
fn more_than_half_of_the_people_present_skip_and_each_counts_once() {
    let mut story = room(&["a", "b", "c", "d"], &["a", "b", "c", "d"]);
    let device = Session { id: "a-phone".into(), ..session("a") };
    let device = Session { member: session("a").member, ..device };
    story.step(&Input::Join { session: device, gone: vec![] });
    for _ in 0..3 {
        story.step(&votes("user_a", false));
    }
    story.step(&votes("user_b", false));
    assert_eq!((tally(&story), is_skip_due(&story.room)), (Some((2, 3, 4)), false));
    assert!(!story.step(&skip(Some(item("next")))).changed, "two of four are not more than half");
    // When one who did not vote leaves, two of three are.
    assert_eq!(story.changes(&leave("d")), [PlaybackChange::SkipVote]);
    assert_eq!((tally(&story), is_skip_due(&story.room)), (Some((2, 2, 3)), true));
}

#[test]
fn a_voter_who_leaves_does_not_count_until_they_are_back() {
    let mut story = room(&["a", "b", "c"], &["a", "b", "c"]);
    story.step(&votes("user_a", false));
    story.step(&leave("a"));
    assert_eq!(tally(&story), None);
    story.step(&join("a"));
    assert_eq!(tally(&story), Some((1, 2, 3)));
    assert_eq!(
        story.room.playback.skip_vote.as_ref().map(|vote: &SkipVote| vote.voter_ids.clone()),
        Some(vec!["user_a".into()])
    );
}

#[test]
fn a_vote_is_withdrawn_and_a_person_who_is_not_there_has_none() {
    let mut story = room(&["a", "b", "c"], &["a", "b", "c"]);
    story.step(&votes("user_a", false));
    story.step(&votes("user_a", true));
    assert_eq!(tally(&story), None);
    assert_eq!(story.refused(&votes("user_x", false)), Rejection::UnknownSession);
}

// Case W6: what is said of the former item does nothing to the next.
#[test]
fn a_vote_for_the_former_item_is_refused() {
    let mut story = room(&["a", "b"], &["a", "b"]);
    story.step(&votes("user_a", false));
    story.step(&choose("next"));
    assert_eq!(story.refused(&votes("user_b", false)), Rejection::ItemMismatch { current: "next".into() });
    assert_eq!(tally(&story), None, "a vote ends with its item");
}

#[test]
fn a_person_who_may_no_longer_vote_does_not_count() {
    let mut story = room(&["a", "b", "c"], &["a", "b", "c"]);
    story.step(&votes("user_a", false));
    assert_eq!(story.changes(&may_vote(&["b", "c"])), [PlaybackChange::SkipVote]);
    assert_eq!(tally(&story), None);
}

#[test]
fn the_room_decides_on_the_share_and_whether_there_are_votes() {
    let mut story = room(&["a", "b", "c"], &["a", "b", "c"]);
    story.step(&votes("user_a", false));
    story.step(&chooses(QueuePolicy { skip_percent: 30, ..QueuePolicy::default() }));
    assert_eq!((tally(&story), is_skip_due(&story.room)), (Some((1, 1, 3)), true));
    story.step(&chooses(QueuePolicy { skip_disabled: true, ..QueuePolicy::default() }));
    assert_eq!((tally(&story), is_skip_due(&story.room)), (None, false));
    assert_eq!(story.refused(&votes("user_b", false)), Rejection::SkipVoteOff);
}

#[test]
fn without_a_next_item_the_room_stands_at_the_end_of_the_skipped_one() {
    let mut story = room(&["a"], &["a"]);
    story.step(&votes("user_a", false));
    assert_eq!(story.changes(&skip(None)), [PlaybackChange::Stop], "its length is unknown");
    let mut story = room(&["a"], &["a"]);
    story.step(&Input::ItemMeasured(lasting("item", 60 * SECOND)));
    story.step(&votes("user_a", false));
    assert_eq!(story.changes(&skip(None)), [PlaybackChange::End]);
    assert_eq!((story.phase(), tally(&story)), (RoomPhase::Ended, None));
}

#[test]
fn a_paused_room_stays_paused_on_the_next_item() {
    let mut story = room(&["a"], &["a"]);
    story.step(&pause());
    story.step(&votes("user_a", false));
    story.step(&skip(Some(item("next"))));
    assert_eq!((story.room.playback.item_id.as_str(), story.room.playback.playing), ("next", false));
}

#[test]
fn an_item_that_follows_itself_plays_again_at_its_end() {
    let mut story = Story::ready(&["a"]);
    story.step(&Input::ItemMeasured(lasting("item", 60 * SECOND)));
    story.step(&play());
    // Nobody is waited for, so another item could be announced already.
    story.room.policy.wait = WaitMode::None.into();
    let again = Input::Advance { from: "item".into(), next: Some(lasting("item", 60 * SECOND)) };
    story.after(LEAD + 60 * SECOND - SECOND / 4);
    assert!(!story.step(&again).changed, "not before its end: players would jump");
    story.after(SECOND / 4);
    assert_eq!(story.changes(&again), [PlaybackChange::Seek]);
    assert_eq!((story.room.playback.item_id.as_str(), story.room.playback.anchor_media_us), ("item", 0));
    assert!(story.room.playback.playing);
}

#[test]
fn an_item_that_follows_itself_starts_within_the_length_that_the_room_knows() {
    let mut story = Story::ready(&["a"]);
    story.step(&Input::ItemMeasured(lasting("item", SECOND)));
    story.step(&play());
    story.after(LEAD + SECOND);
    let beyond = Item { start_us: 2 * SECOND, ..lasting("item", 0) };
    let again = Input::Advance { from: "item".into(), next: Some(beyond) };
    assert_eq!(story.changes(&again), [PlaybackChange::Seek]);
    assert_eq!(story.room.playback.anchor_media_us, 0);
}

#[test]
fn clients_hear_of_another_next_item_once() {
    let mut story = Story::ready(&["a"]);
    let following = |from: &str, next: &str| Input::Following { from: from.into(), next_id: next.into() };
    assert_eq!(story.changes(&following("item", "next")), [PlaybackChange::NextItem]);
    assert_eq!(story.room.playback.next_item_id, "next");
    assert_eq!(story.changes(&following("item", "next")), []);
    assert_eq!(story.changes(&following("former", "other")), [], "it is about another item");
    story.step(&Input::Skip { from: "item".into(), next: None });
    assert_eq!(story.room.playback.next_item_id, "next");
    story.step(&choose("next"));
    assert_eq!(story.room.playback.next_item_id, "");
}
