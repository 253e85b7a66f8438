use proto::room::v1::{
    CreateRoomRequest, CreateTicketRequest, ListRoomsRequest, RedeemTicketRequest, StreamEventsRequest,
    member_service_client::MemberServiceClient, room_event_service_client::RoomEventServiceClient,
    room_service_client::RoomServiceClient,
};
use rpc::{Reason, RpcChannel};
use runtime::{Process, Settings};
use testkit::{Redis, SERVICE_TOKEN};

use crate::world::{World, refusal, user};

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn the_process_makes_its_schema_serves_and_stops_with_a_reader_connected() {
    let world = World::start().await;
    let redis = Redis::start().await.unwrap();
    let grpc = free_address();
    let flags = serde_json::json!({
        "room": {"grpc_listen": grpc, "admin_listen": free_address()},
        "postgres": {"url": world.postgres.url()},
        "redis": {"url": redis.url()},
        "rpc": {"token": SERVICE_TOKEN},
    });
    let process = Process::start("room-svc", Settings::load(&[], flags).unwrap()).unwrap();
    let (shutdown, health) = (process.shutdown.clone(), process.health.clone());
    let serving = tokio::spawn(room_svc::serve(process));

    // The listener is bound before the rest is ready, so the first call waits in its queue.
    let channel = loop {
        match tokio::net::TcpStream::connect(&grpc).await {
            Ok(_) => {
                break RpcChannel::remote(&format!("http://{grpc}"))
                    .unwrap()
                    .as_service(&testkit::service_token());
            }
            Err(_) if !serving.is_finished() => tokio::task::yield_now().await,
            Err(error) => panic!("{error}; {:?}", serving.await),
        }
    };
    let mut rooms = RoomServiceClient::new(channel.clone());
    let mut members = MemberServiceClient::new(channel.clone());
    rooms.list_rooms(ListRoomsRequest::default()).await.unwrap();
    let ready = health.look().await;
    assert!(ready.0, "{}", ready.1);
    assert!(ready.1.to_string().contains("redis"));

    let ada = user("Ada");
    let request = StreamEventsRequest { reader_id: "test".into(), ..Default::default() };
    let mut events = RoomEventServiceClient::new(channel).stream_events(request).await.unwrap().into_inner();
    let room = rooms
        .create_room(ada.request(CreateRoomRequest::default()))
        .await
        .unwrap()
        .into_inner()
        .room
        .unwrap();
    assert_eq!(events.message().await.unwrap().unwrap().event.unwrap().room_id, room.id);
    let request = CreateTicketRequest { room: room.id.clone() };
    let ticket = members.create_ticket(ada.request(request)).await.unwrap().into_inner().ticket;
    let request = RedeemTicketRequest { room: room.id, ticket };
    members.redeem_ticket(request.clone()).await.unwrap();
    assert_eq!(refusal(members.redeem_ticket(request).await), Reason::TicketInvalid);
    shutdown.begin();
    assert!(events.message().await.unwrap().is_none());
    serving.await.unwrap().unwrap();
}
