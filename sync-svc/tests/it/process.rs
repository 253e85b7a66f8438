//! The service as a process of its own.

use proto::{
    room::v1::room_service_server::RoomServiceServer,
    sync::v1::{ReadClockRequest, SubscribeRequest, sync_service_client::SyncServiceClient},
};
use rpc::{Context, RpcChannel, ServiceParts};
use runtime::{Process, Settings};
use testkit::{SERVICE_TOKEN, TestKeys, service_token};

use crate::world::World;

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_makes_its_schema_serves_and_stops_with_a_subscriber_connected() {
    let world = World::on_redis().await;
    let room_svc = ServiceParts::default().add(RoomServiceServer::new(world.rooms.clone()));
    let room_svc =
        testkit::serve(&room_svc.guard(TestKeys::verifier(), service_token()).unwrap()).await.unwrap();
    let grpc = free_address();
    let flags = serde_json::json!({
        "sync": {"grpc_listen": grpc, "admin_listen": free_address()},
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
    let mut client = SyncServiceClient::new(channel);
    client.read_clock(ReadClockRequest::default()).await.unwrap();
    let ready = health.look().await;
    assert!(ready.0 && ready.1.to_string().contains("redis"), "{}", ready.1);

    let request = SubscribeRequest { room_id: world.room.to_string(), after_seq: 0 };
    let mut stream = client.subscribe(Context::background().request(request)).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some(), "a snapshot");
    world.rooms.adds_item("item_1");
    world.rooms.acknowledged("added-item_1").await;
    shutdown.begin();
    while stream.message().await.unwrap().is_some() {}
    serving.await.unwrap().unwrap();
}
