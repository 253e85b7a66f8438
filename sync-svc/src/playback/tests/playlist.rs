//! What changes of the playlist do.

use super::*;

#[test]
fn the_first_item_is_on_at_once_and_stands_at_its_start() {
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
fn the_item_after_a_removed_one_goes_on_as_it_was() {
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
