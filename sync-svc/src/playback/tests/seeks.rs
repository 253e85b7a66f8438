//! Jumps, and taking one back.

use proto::sync::v1::{SeekBy, UndoSeek};

use super::*;

fn seek_by(offset_us: i64) -> Input {
    command(Action::SeekBy(SeekBy { offset_us }))
}

fn undo() -> Input {
    command(Action::UndoSeek(UndoSeek {}))
}

fn measured(us: i64) -> Input {
    Input::ItemMeasured(lasting("item", us))
}

#[test]
fn a_relative_seek_starts_from_the_current_position() {
    let mut story = Story::ready(&["a"]);
    story.step(&play());
    story.after(LEAD + 60 * SECOND);
    assert_eq!(story.changes(&seek_by(-10 * SECOND)), [PlaybackChange::Seek]);
    assert_eq!(story.position(), 50 * SECOND);
    story.step(&seek_by(-80 * SECOND));
    assert_eq!(story.position(), 0);
}

#[test]
fn a_step_of_one_frame_moves_by_one_frame() {
    let mut story = Story::ready(&["a"]);
    story.step(&seek(SECOND));
    for frames in 1..4 {
        story.after(SECOND / 3).step(&seek_by(41_708));
        assert_eq!(story.position(), SECOND + frames * 41_708);
        assert_eq!((story.room.playback.hold.is_some(), story.phase()), (false, RoomPhase::Paused));
    }
}

#[test]
fn no_seek_goes_past_a_known_end() {
    let mut story = Story::ready(&["a"]);
    story.step(&seek(500 * SECOND));
    assert_eq!(story.changes(&measured(100 * SECOND)), [PlaybackChange::Duration]);
    assert_eq!(story.position(), 100 * SECOND, "nor stays there");
    for jump in [seek(101 * SECOND), seek_by(30 * SECOND), seek_by(i64::MAX)] {
        story.step(&seek(90 * SECOND));
        story.step(&jump);
        assert_eq!((story.position(), story.phase()), (100 * SECOND, RoomPhase::Ended), "{jump:?}");
    }
    story.step(&seek_by(i64::MIN));
    assert_eq!(story.position(), 0);
}

#[test]
fn a_seek_can_be_undone_once() {
    let mut story = Story::ready(&["a"]);
    assert_eq!(story.refused(&undo()), Rejection::NothingToUndo);
    story.step(&play());
    story.after(LEAD + 40 * SECOND).step(&seek(900 * SECOND));
    let offered = story.room.playback.undo.unwrap();
    assert_eq!((offered.position_us, offered.until_us), (40 * SECOND, story.now_us + 30 * SECOND));
    assert_eq!(story.after(29 * SECOND).changes(&undo()).last(), Some(&PlaybackChange::Seek));
    assert_eq!((story.position(), story.room.playback.playing), (40 * SECOND, true));
    assert_eq!(story.refused(&undo()), Rejection::NothingToUndo, "taking back is no jump");
}

#[test]
fn a_seek_cannot_be_undone_after_half_a_minute() {
    let mut story = Story::ready(&["a"]);
    story.step(&seek(900 * SECOND));
    story.after(30 * SECOND);
    assert_eq!(story.refused(&undo()), Rejection::NothingToUndo);
    story.step(&pause());
    assert_eq!(story.room.playback.undo, None, "and is offered no longer");
}

#[test]
fn a_burst_of_seeks_is_undone_as_one() {
    let mut story = Story::ready(&["a"]);
    story.step(&seek(10 * SECOND));
    story.after(20 * SECOND);
    for position in [100, 200, 300] {
        story.after(3 * SECOND).step(&seek(position * SECOND));
    }
    story.step(&undo());
    assert_eq!(story.position(), 10 * SECOND);
    story.step(&seek(500 * SECOND));
    story.step(&undo());
    assert_eq!(story.position(), 10 * SECOND, "what was seat back begins no burst");
}

#[test]
fn a_seek_in_an_earlier_item_cannot_be_undone() {
    for leaves in [choose("other"), command(Action::Stop(Stop {}))] {
        let mut story = Story::ready(&["a"]);
        story.step(&seek(900 * SECOND));
        story.step(&leaves);
        assert_eq!(story.room.playback.undo, None);
        let refused = story.refused(&undo());
        assert!(matches!(refused, Rejection::NothingToUndo | Rejection::NoItem), "{refused:?}");
    }
}
