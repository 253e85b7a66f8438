//! Subscriptions: what was missed, then what happens, each once and in order.

use proto::sync::v1::{Aside, ReadClockRequest, TellRequest, aside, subscribe_response::Delivery};
use rpc::{Context, Reason, reason_of};
use testkit::user;

use crate::{
    over_both,
    world::{World, seek},
};

over_both! {
    missed_events_are_delivered_first,
    a_subscriber_too_far_behind_gets_a_snapshot,
    subscribers_miss_and_repeat_nothing_under_concurrent_commands,
    the_clock_reply_has_the_timestamps_of_the_exchange,
    a_signal_needs_a_session_of_the_room,
}

async fn missed_events_are_delivered_first(world: World) {
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    for position in 0..5 {
        instance.act(&anna, seek(position)).await;
    }
    let mut stream = instance.subscribe(3).await;
    for seq in 4..=6 {
        assert_eq!(stream.event().await.seq, seq);
    }
    assert_eq!(instance.act(&anna, seek(9)).await, stream.event().await);
    let mut new = instance.subscribe(0).await;
    assert_eq!(new.snapshot().await.state.unwrap().seq, 7);
}

async fn a_subscriber_too_far_behind_gets_a_snapshot(world: World) {
    let world = World { log_length: 10, ..world };
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    for position in 0..400 {
        instance.act(&anna, seek(position)).await;
    }
    let mut stream = instance.subscribe(1).await;
    assert_eq!(stream.snapshot().await.state.unwrap().seq, 401);
    let mut from_the_future = instance.subscribe(5000).await;
    assert_eq!(from_the_future.snapshot().await.state.unwrap().seq, 401);
    instance.act(&anna, seek(0)).await;
    assert_eq!((stream.event().await.seq, from_the_future.event().await.seq), (402, 402));
}

async fn subscribers_miss_and_repeat_nothing_under_concurrent_commands(world: World) {
    const COMMANDS: i64 = 150;
    let instance = world.start_with_item().await;
    let anna = user("Anna");
    let subscribers = (0..5).map(|number| {
        let instance = &instance;
        async move {
            // Each begins somewhere in the middle.
            let mut first = instance.subscribe(0).await;
            let mut seq = first.snapshot().await.state.unwrap().seq;
            for _ in 0..number * 5 {
                seq += 1;
                assert_eq!(first.event().await.seq, seq);
            }
            let mut stream = instance.subscribe(seq).await;
            while seq < COMMANDS + 1 {
                seq += 1;
                assert_eq!(stream.event().await.seq, seq);
            }
        }
    });
    let commands = async {
        for position in 0..COMMANDS {
            instance.act(&anna, seek(position)).await;
        }
    };
    tokio::join!(commands, futures::future::join_all(subscribers));
}

async fn the_clock_reply_has_the_timestamps_of_the_exchange(world: World) {
    let instance = world.start().await;
    let read = async |client_send_us| {
        let request = Context::background().request(ReadClockRequest { client_send_us });
        instance.playback_service().read_clock(request).await.unwrap().into_inner()
    };
    let (first, second) = (read(7).await, read(8).await);
    assert_eq!((first.client_send_us, second.client_send_us), (7, 8));
    assert!(
        first.server_receive_us <= first.server_send_us && first.server_send_us <= second.server_receive_us
    );
}

async fn a_signal_needs_a_session_of_the_room(world: World) {
    let instance = world.start().await;
    instance.join("a", "gateway_1").await;
    instance.join("b", "gateway_2").await;
    let mut stream = instance.subscribe(0).await;
    stream.snapshot().await;
    let signal = |to: &str| Aside {
        session_id: "a".into(),
        subject_id: "user_a".into(),
        to_session_id: to.into(),
        kind: Some(aside::Kind::Signal("an offer".into())),
        ..Aside::default()
    };
    let tell = async |aside: Aside| {
        let request = TellRequest { room_id: instance.room.clone(), aside: Some(aside) };
        instance.delivery().tell(Context::background().request(request)).await
    };
    let refused = tell(signal("c")).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(Reason::SessionNotFound));
    tell(signal("b")).await.unwrap();
    assert_eq!(stream.next().await, Delivery::Aside(signal("b")), "the refused one reached nobody");
}
