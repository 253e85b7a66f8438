//! Sessions: they come and go, are waited for, and end with their gateway.

use proto::sync::v1::{
    HeartbeatRequest, PlaybackChange, PlayerState, PlayerStatus, SessionStatus, presence_change::Kind,
    subscribe_response::Delivery,
};
use rpc::{Context, Reason, reason_of};
use testkit::user;

use crate::{
    over_both,
    world::{Subscription, World, play, seek},
};

over_both! {
    joins_and_leaves_are_announced,
    an_idle_room_sends_nothing_but_statuses,
    a_start_waits_until_players_are_ready,
    a_start_waits_until_the_hold_limit,
    sessions_end_with_their_gateway,
    the_session_limit_of_a_person_counts_all_gateways,
}

async fn presence(stream: &mut Subscription) -> Kind {
    match stream.next().await {
        Delivery::Presence(change) => change.kind.unwrap(),
        other => panic!("not a presence: {other:?}"),
    }
}

async fn status(stream: &mut Subscription) -> SessionStatus {
    match stream.next().await {
        Delivery::Status(status) => status,
        other => panic!("not a status: {other:?}"),
    }
}

async fn joins_and_leaves_are_announced(world: World) {
    let instance = world.start_with_item().await;
    assert_eq!(instance.join("a", "gateway_1").await.sessions.len(), 1);
    let mut stream = instance.subscribe(0).await;
    assert_eq!(stream.snapshot().await.sessions.len(), 1);
    let snapshot = instance.join("b", "gateway_1").await;
    assert_eq!(snapshot.sessions.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(matches!(presence(&mut stream).await, Kind::Upserted(session) if session.id == "b"));
    instance.report("b", PlayerState::Loading).await.unwrap();
    assert!(
        matches!(presence(&mut stream).await, Kind::Upserted(session) if session.status.as_ref().unwrap().state() == PlayerState::Loading)
    );
    assert_eq!(status(&mut stream).await.session_id, "b");
    instance.leave("b").await;
    assert_eq!(presence(&mut stream).await, Kind::RemovedSessionId("b".into()));
    let gone = instance.report("b", PlayerState::Ready).await.unwrap_err();
    assert_eq!(reason_of(&gone), Some(Reason::NotAMember), "its gateway has to join it again");
}

async fn an_idle_room_sends_nothing_but_statuses(world: World) {
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    instance.report("a", PlayerState::InSync).await.unwrap();
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let told = (0..6).map(|count| PlayerStatus {
        state: if count % 2 == 0 { PlayerState::Adjusting } else { PlayerState::InSync }.into(),
        item_id: "item_1".into(),
        drift_ms: f64::from(count),
        corrections: count,
        ..PlayerStatus::default()
    });
    let before = instance.state.log.load(&instance.room).await.unwrap().unwrap().version;
    for told in told {
        instance.says("a", told.clone()).await.unwrap();
        let heard = status(&mut stream).await;
        assert_eq!((heard.session_id.as_str(), heard.status), ("a", Some(told)), "and nothing else");
    }
    let after = instance.state.log.load(&instance.room).await.unwrap().unwrap().version;
    assert_eq!(before, after, "none of it is kept");
}

async fn a_start_waits_until_players_are_ready(world: World) {
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    instance.report("a", PlayerState::Loading).await.unwrap();
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let played = instance.act(&user("Anna"), play()).await;
    assert_eq!(played.state.unwrap().hold.unwrap().waiting_session_ids, ["a"]);
    assert_eq!(stream.event().await.change(), PlaybackChange::Play);
    instance.report("a", PlayerState::Ready).await.unwrap();
    let released = stream.event().await;
    assert_eq!((released.change(), released.seq), (PlaybackChange::Release, played.seq + 1));
    let state = released.state.unwrap();
    assert!(state.playing && state.hold.is_none() && state.anchor_server_us == released.execute_at_us);
}

async fn a_start_waits_until_the_hold_limit(world: World) {
    let world = World { hold_limit_ms: 50, ..world };
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    instance.report("a", PlayerState::Ready).await.unwrap();
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let anna = user("Anna");
    instance.act(&anna, play()).await;
    instance.act(&anna, seek(1_000_000)).await;
    // Nobody reports and nobody acts; the service itself ends it.
    let changes =
        [stream.event().await.change(), stream.event().await.change(), stream.event().await.change()];
    assert_eq!(changes, [PlaybackChange::Play, PlaybackChange::Seek, PlaybackChange::Release]);
}

async fn sessions_end_with_their_gateway(world: World) {
    let instance = world.start_with_item().await;
    instance.join("a", "gateway_1").await;
    instance.join("b", "gateway_2").await;
    for gateway in ["gateway_1", "gateway_2"] {
        instance
            .presence()
            .heartbeat(Context::background().request(HeartbeatRequest { gateway_id: gateway.into() }))
            .await
            .unwrap();
    }
    // The lease of a silent gateway ends after 15 s; here it is taken away.
    instance.state.keys.take("gateway:gateway_1").await.unwrap().expect("a lease");
    let snapshot = instance.join("c", "gateway_2").await;
    assert_eq!(snapshot.sessions.iter().map(|session| session.id.as_str()).collect::<Vec<_>>(), ["b", "c"]);
}

/// Case A12.
async fn the_session_limit_of_a_person_counts_all_gateways(world: World) {
    let instance = world.start_with_item().await;
    let (mallory, ann) = (user("Mallory"), user("Ann"));
    for (session, gateway) in [("a", "gateway_1"), ("b", "gateway_2")] {
        instance.try_join(&mallory, session, gateway, 2).await.unwrap();
    }
    let refused = instance.try_join(&mallory, "c", "gateway_3", 2).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(Reason::TooManyConnections));
    instance.try_join(&mallory, "b", "gateway_2", 2).await.expect("a session may come again");
    instance.try_join(&ann, "d", "gateway_1", 2).await.expect("another person");
    instance.leave("a").await;
    instance.try_join(&mallory, "c", "gateway_3", 2).await.expect("one has gone");
}
