//! What people should not send, and what they say that is not so: one clear answer, and no harm to the room or to others.

use proto::sync::v1::{
    ChangeItem, Command, GetPlaybackRequest, JoinSessionRequest, PlaybackChange, PlayerState, PlayerStatus,
    Seek, SeekBy, Session, SetRate, SubscribeRequest, command::Action,
};
use rpc::{Context, Reason, reason_of};
use testkit::user;

use crate::world::{World, command, pause, play, seek};

const WEEK_US: i64 = 604_800_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn invalid_commands_are_rejected_and_change_nothing() {
    let world = World::in_memory().await;
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    let before = instance.act(&anna, seek(5_000_000)).await.state.unwrap();

    let rate = |rate| command(Action::SetRate(SetRate { rate }));
    let by = |offset_us| command(Action::SeekBy(SeekBy { offset_us }));
    let of = |item: &str| Command { item_id: item.into(), ..command(play()) };
    let named = |id: &str| Command { id: id.into(), ..command(play()) };
    let cases = [
        ("before the start", command(seek(-1)), Reason::InvalidField),
        ("far before the start", command(seek(i64::MIN)), Reason::InvalidField),
        ("beyond a week", command(seek(WEEK_US + 1)), Reason::InvalidField),
        ("far beyond", command(seek(i64::MAX)), Reason::InvalidField),
        ("a jump beyond a week", by(WEEK_US + 1), Reason::InvalidField),
        ("a jump far back", by(i64::MIN), Reason::InvalidField),
        ("no speed", rate(0.0), Reason::InvalidField),
        ("backwards", rate(-1.0), Reason::InvalidField),
        ("too slow", rate(0.249), Reason::InvalidField),
        ("too fast", rate(4.001), Reason::InvalidField),
        ("a speed that is no number", rate(f64::NAN), Reason::InvalidField),
        ("an endless speed", rate(f64::INFINITY), Reason::InvalidField),
        ("an endless speed backwards", rate(f64::NEG_INFINITY), Reason::InvalidField),
        ("an enormous speed", rate(f64::MAX), Reason::InvalidField),
        ("the smallest speed", rate(f64::MIN_POSITIVE), Reason::InvalidField),
        ("no action", Command { action: None, ..command(play()) }, Reason::InvalidField),
        ("an id that is too short", named("a"), Reason::InvalidField),
        ("an id that is too long", named(&"a".repeat(65)), Reason::InvalidField),
        ("an item that is gone", of("item_0"), Reason::ItemMismatch),
        ("a name that no item can have", of(&"i".repeat(65)), Reason::InvalidField),
        (
            "a choice of an item that is gone",
            command(Action::ChangeItem(ChangeItem { item_id: "item_0".into(), from_start: true })),
            Reason::ItemNotFound,
        ),
        (
            "a seq from nowhere",
            Command { expected_seq: Some(i64::MIN), ..command(play()) },
            Reason::StaleSequence,
        ),
        (
            "a seq from the future",
            Command { expected_seq: Some(i64::MAX), ..command(play()) },
            Reason::StaleSequence,
        ),
    ];
    for (what, sent, reason) in cases {
        let refused = instance.send(&anna, sent).await.expect_err(what);
        assert_eq!(reason_of(&refused), Some(reason), "{what}: {refused}");
        assert_eq!(instance.playback(&anna).await, before, "{what}");
    }
    // What is allowed ends where the item may.
    for (offset_us, position_us) in [(-WEEK_US, 0), (WEEK_US, WEEK_US), (WEEK_US, WEEK_US)] {
        let state = instance.act(&anna, Action::SeekBy(SeekBy { offset_us })).await.state.unwrap();
        assert_eq!(state.anchor_media_us, position_us);
    }
    let end = instance.act(&anna, Action::Seek(Seek { position_us: WEEK_US })).await.state.unwrap();
    assert_eq!((end.anchor_media_us, end.playing), (WEEK_US, false));
}

fn status(change: impl FnOnce(&mut PlayerStatus)) -> PlayerStatus {
    let mut status = PlayerStatus {
        state: PlayerState::InSync.into(),
        item_id: "item_1".into(),
        ..PlayerStatus::default()
    };
    change(&mut status);
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_reports_are_rejected() {
    let world = World::in_memory().await;
    let instance = world.start_with_item().await;
    instance.join("liar", "gateway_1").await;
    let before = instance.record().await;
    let mut cases = vec![
        ("a state that there is not", status(|status| status.state = 99)),
        ("a class that there is not", status(|status| status.sync_class = -1)),
        ("an item that none can be", status(|status| status.item_id = "i".repeat(65))),
        ("a next item that none can be", status(|status| status.prepared_item_id = "i".repeat(65))),
        ("fewer stalls than none", status(|status| status.stalls = -1)),
        ("fewer corrections than none", status(|status| status.corrections = i32::MIN)),
        ("an event before the first", status(|status| status.applied_seq = -1)),
        ("a time before time", status(|status| status.applied_us = i64::MIN)),
        ("an error below nothing", status(|status| status.error_ms = -0.1)),
        ("a delay below nothing", status(|status| status.delay_ms = -1.0)),
        ("a delay of more than a minute", status(|status| status.delay_ms = 60_001.0)),
        ("less than nothing loaded", status(|status| status.buffer_ms = -5.0)),
    ];
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 86_400_001.0] {
        cases.extend([
            ("drift", status(|status| status.drift_ms = odd)),
            ("error", status(|status| status.error_ms = odd)),
            ("buffer", status(|status| status.buffer_ms = odd)),
            ("delay", status(|status| status.delay_ms = odd)),
            ("clock error", status(|status| status.clock_error_ms = odd)),
        ]);
    }
    for (what, told) in cases {
        let refused = instance.says("liar", told).await.expect_err(what);
        assert_eq!(reason_of(&refused), Some(Reason::InvalidField), "{what}: {refused}");
    }
    let nobody = instance.says("nobody", status(|_| ())).await.unwrap_err();
    assert_eq!(reason_of(&nobody), Some(Reason::NotAMember));
    assert_eq!(instance.record().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_false_report_affects_nobody_else() {
    let world = World::on_redis().await;
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    for session in ["a", "liar"] {
        instance.join(session, "gateway_1").await;
        instance.says(session, status(|status| status.state = PlayerState::Ready.into())).await.unwrap();
    }
    let honest = instance.record().await.seats[0].clone();
    let lies: [fn(&mut PlayerStatus); 7] = [
        |status| status.drift_ms = 86_400_000.0,
        |status| status.drift_ms = -86_400_000.0,
        |status| (status.stalls, status.corrections) = (i32::MAX, i32::MAX),
        |status| (status.stalls, status.corrections) = (0, 0),
        |status| (status.applied_seq, status.applied_us) = (i64::MAX, i64::MAX),
        |status| (status.delay_ms, status.clock_error_ms) = (60_000.0, 86_400_000.0),
        |status| (status.item_id, status.prepared_item_id) = ("item_0".into(), "item_9".into()),
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let before = instance.playback(&anna).await;
        instance.says("liar", status(lie)).await.unwrap();
        assert_eq!(instance.playback(&anna).await, before, "lie {number} moves nothing");
        assert_eq!(instance.record().await.seats[0], honest, "lie {number} is about nobody else");
        instance.says("liar", status(|status| status.state = PlayerState::Ready.into())).await.unwrap();
    }
    // Nobody makes the others wait longer for a start than it may take.
    instance.says("liar", status(|status| status.delay_ms = 60_000.0)).await.unwrap();
    let started = instance.act(&anna, play()).await;
    assert!(started.execute_at_us - started.issued_at_us <= 800_000, "{started:?}");
    // Nor stops the room again and again.
    let mut stream = instance.subscribe(started.seq).await;
    for _ in 0..10 {
        for state in [PlayerState::Stalled, PlayerState::Ready] {
            instance.says("liar", status(|status| status.state = state.into())).await.unwrap();
        }
    }
    let last = instance.act(&anna, pause()).await;
    let mut changes = Vec::new();
    loop {
        let event = stream.event().await;
        changes.push(event.change());
        if event == last {
            break;
        }
    }
    let holds = changes.iter().filter(|change| **change == PlaybackChange::Hold).count();
    assert!(holds <= 1, "{changes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_without_a_room_or_session_are_rejected() {
    let world = World::in_memory().await;
    let instance = world.start().await;
    let session = || Session { id: "a".into(), gateway_id: "gateway".into(), ..Session::default() };
    let join = |room: &str, session| {
        Context::background().request(JoinSessionRequest {
            room_id: room.into(),
            session,
            ..JoinSessionRequest::default()
        })
    };
    for (what, request) in [
        ("no session", join(&instance.room, None)),
        ("nobody's session", join(&instance.room, Some(session()))),
        ("no room", join("", Some(session()))),
    ] {
        let refused = instance.presence().join_session(request).await.expect_err(what);
        assert_eq!(reason_of(&refused), Some(Reason::InvalidField), "{what}: {refused}");
    }
    let backwards = SubscribeRequest { room_id: instance.room.clone(), after_seq: -1 };
    let refused = instance.delivery().subscribe(Context::background().request(backwards)).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(Reason::InvalidField));
    let nowhere = user("Anna").request(GetPlaybackRequest { room: "r".repeat(65) });
    assert_eq!(
        reason_of(&instance.playback_service().get_playback(nowhere).await.unwrap_err()),
        Some(Reason::InvalidField)
    );
}
