//! The service as a process of its own.

use proto::{
    room::v1::Member,
    sync::v1::{
        JoinSessionRequest, PlayerState, PlayerStatus, ReadClockRequest, ReportPlayerRequest, Session,
        SubscribeRequest, delivery_service_client::DeliveryServiceClient,
        playback_service_client::PlaybackServiceClient, presence_service_client::PresenceServiceClient,
    },
};
use rpc::{Context, RpcChannel};
use runtime::{Process, Settings};
use testkit::{SERVICE_TOKEN, service_token};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::world::World;

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

async fn page(address: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_makes_its_schema_serves_and_stops_with_a_subscriber_connected() {
    let world = World::on_redis().await;
    let room_svc = testkit::serve(&world.rooms.service()).await.unwrap();
    let (grpc, admin) = (free_address(), free_address());
    let flags = serde_json::json!({
        "sync": {
            "grpc_listen": grpc,
            "admin_listen": admin,
            "heartbeat_interval_seconds": 7,
            "disconnect_timeout_seconds": 20,
            "max_latency_ms": 100,
        },
        "postgres": {"url": world.postgres.url()},
        "redis": {"url": world.redis.as_ref().unwrap().url()},
        "rpc": {"token": SERVICE_TOKEN},
        "services": {"room": room_svc},
    });
    let process = Process::start("sync-svc", Settings::load(&[], flags).unwrap()).unwrap();
    let (shutdown, health) = (process.shutdown.clone(), process.health.clone());
    let serving = tokio::spawn(sync_svc::serve(process));

    // The listener is bound before the rest is ready, so the first call waits in its queue.
    while let Err(error) = tokio::net::TcpStream::connect(&grpc).await {
        assert!(!serving.is_finished(), "{error}");
        tokio::task::yield_now().await;
    }
    let channel = RpcChannel::remote(&format!("http://{grpc}")).unwrap().as_service(&service_token());
    PlaybackServiceClient::new(channel.clone()).read_clock(ReadClockRequest::default()).await.unwrap();
    let ready = health.look().await;
    assert!(ready.0 && ready.1.to_string().contains("redis"), "{}", ready.1);

    let member = Some(Member { subject_id: "user_a".into(), ..Member::default() });
    let session = Session { id: "a".into(), gateway_id: "gateway".into(), member, ..Session::default() };
    let join = JoinSessionRequest {
        room_id: world.room.to_string(),
        session: Some(session),
        ..JoinSessionRequest::default()
    };
    let mut presence = PresenceServiceClient::new(channel.clone());
    let joined = presence.join_session(Context::background().request(join)).await.unwrap().into_inner();
    let times = (joined.heartbeat_interval_seconds, joined.disconnect_timeout_seconds);
    assert_eq!(times, (7, 20), "the settings of document 003, for the gateway and its clients");
    let request = SubscribeRequest { room_id: world.room.to_string(), after_seq: 0 };
    let mut stream = DeliveryServiceClient::new(channel)
        .subscribe(Context::background().request(request))
        .await
        .unwrap()
        .into_inner();
    assert!(stream.message().await.unwrap().is_some(), "a snapshot");
    world.rooms.adds_item("item_1");
    world.rooms.acknowledged("added-item_1").await;
    for (stalls, clock_error_ms) in [(1, 2.0), (3, 2.5)] {
        let status = PlayerStatus {
            state: PlayerState::InSync.into(),
            item_id: "item_1".into(),
            drift_ms: -7.0,
            clock_error_ms,
            delay_ms: 101.0,
            stalls,
            ..PlayerStatus::default()
        };
        let told = ReportPlayerRequest {
            room_id: world.room.to_string(),
            session_id: "a".into(),
            status: Some(status),
        };
        presence.report_player(Context::background().request(told)).await.unwrap();
    }
    let metrics = page(&admin, "/metrics").await;
    for line in [
        "syncwatch_playback_drift_ms_bucket{le=\"5\"} 0",
        "syncwatch_playback_drift_ms_bucket{le=\"10\"} 2",
        "syncwatch_clock_error_ms_count 2",
        "syncwatch_stalls_total 2",
        "syncwatch_corrections_total 0",
        "syncwatch_high_latency_total 1",
        "syncwatch_active_rooms ",
        "syncwatch_participants ",
    ] {
        assert!(metrics.lines().any(|known| known.starts_with(line)), "{line} is not in\n{metrics}");
    }
    shutdown.begin();
    while stream.message().await.unwrap().is_some() {}
    serving.await.unwrap().unwrap();
}
