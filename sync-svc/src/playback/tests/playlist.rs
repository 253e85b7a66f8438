//! What changes of the playlist do.

use super::*;

#[test]
fn the_first_item_becomes_current_and_waits_paused_at_its_start() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    assert_eq!(story.changes(&added(item("one"), None)), [PlaybackChange::Item]);
    assert_eq!(story.changes(&added(item("two"), Some("one"))), []);
    let playback = &story.room.playback;
    assert_eq!(
        (playback.item_id.as_str(), playback.playing, playback.anchor_media_us, playback.seq),
        ("one", false, 0, 1)
    );
}

#[test]
fn the_item_after_a_removed_one_keeps_the_play_state() {
    for playing in [false, true] {
        let mut story = Story::ready(&["a"]);
        if playing {
            story.step(&play());
        }
        assert_eq!(story.changes(&Input::ItemRemoved { item_id: "other".into(), next: None }), []);
        story.step(&Input::ItemRemoved { item_id: "item".into(), next: Some(item("next")) });
        assert_eq!((story.room.playback.item_id.as_str(), story.room.playback.playing), ("next", playing));
        assert_eq!(
            story.changes(&Input::ItemRemoved { item_id: "next".into(), next: None }),
            [PlaybackChange::Stop]
        );
        assert_eq!(story.room.playback.item_id, "");
    }
}

// Case L2.
#[test]
fn an_item_begins_at_its_start_time() {
    let mut story = Story { room: Room::fresh(0), now_us: SECOND };
    story.step(&added(beginning_at("one", 90 * SECOND), None));
    assert_eq!((story.room.playback.playing, story.position()), (false, 90 * SECOND));

    let mut story = Story::ready(&["a"]);
    let next = Input::ItemRemoved { item_id: "item".into(), next: Some(beginning_at("next", 30 * SECOND)) };
    story.step(&next);
    assert_eq!(story.position(), 30 * SECOND);
    // One that lies at the end of the item or behind it would end it at once.
    for start_us in [60 * SECOND, 90 * SECOND, -SECOND] {
        let other = Item { start_us, ..lasting("other", 60 * SECOND) };
        let mut story = Story::ready(&["a"]);
        story.step(&Input::ItemRemoved { item_id: "item".into(), next: Some(other) });
        assert_eq!(story.position(), 0, "{start_us}");
    }
}

// Case L2.
#[test]
fn a_chosen_item_plays_from_its_start_time() {
    let mut story = Story::ready(&["a"]);
    let next = Command { id: "command-1".into(), action: Some(Action::Next(Next {})), ..Command::default() };
    let item = Some(beginning_at("next", 30 * SECOND));
    story.step(&Input::Command { command: next, by: "user_a".into(), item });
    assert_eq!((story.waits_for(), story.position()), (vec!["a"], 30 * SECOND));
    story.step(&report("a", PlayerState::Ready, "next"));
    assert!(story.room.playback.playing);
    assert_eq!(story.room.playback.anchor_media_us, 30 * SECOND);
}
