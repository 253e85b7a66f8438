//! Commands and their guards.

use super::*;

#[test]
fn commands_with_a_stale_guard_are_rejected() {
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
