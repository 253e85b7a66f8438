//! The service as a process of its own.

use media_svc::generate_link_secret;
use proto::{
    media::v1::{
        AddItemRequest, GetPlaybackInfoRequest, add_item_request::From,
        media_service_client::MediaServiceClient,
    },
    room::v1::Item,
};
use rpc::RpcChannel;
use runtime::{Process, Settings};
use serde_json::json;
use testkit::{SERVICE_TOKEN, guest, service_token};

use crate::room::{ROOM, Room};

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn the_process_serves_rpcs_and_the_film_and_stops() {
    let (room, blob_dir) = (Room::new(), tempfile::tempdir().unwrap());
    let (grpc, http) = (free_address(), free_address());
    let flags = json!({
        "media": {
            "grpc_listen": grpc, "http_listen": http, "admin_listen": free_address(),
            "link_secret": generate_link_secret(), "blob_dir": blob_dir.path(),
        },
        "services": {"room": testkit::serve(&room.service()).await.unwrap()},
        "rpc": {"token": SERVICE_TOKEN},
    });
    let process = Process::start("media-svc", Settings::load(&[], flags).unwrap()).unwrap();
    let (shutdown, health) = (process.shutdown.clone(), process.health.clone());
    let serving = tokio::spawn(media_svc::serve(process));
    // The listener is bound before the rest is ready, so the first call waits in its queue.
    while tokio::net::TcpStream::connect(&grpc).await.is_err() {
        assert!(!serving.is_finished(), "{:?}", serving.await);
        tokio::task::yield_now().await;
    }

    let channel = RpcChannel::remote(&format!("http://{grpc}")).unwrap().as_service(&service_token());
    let (mut client, ada) = (MediaServiceClient::new(channel), guest("Ada"));
    let film = AddItemRequest { room: ROOM.into(), from: Some(From::TestFilm(true)), ..Default::default() };
    let Item { id: item_id, .. } =
        client.add_item(ada.request(film)).await.unwrap().into_inner().item.unwrap();
    let playback = GetPlaybackInfoRequest { room: ROOM.into(), item_id };
    let link = client.get_playback_info(ada.request(playback)).await.unwrap().into_inner().url;
    let film = reqwest::get(format!("http://{http}{link}")).await.unwrap();
    assert_eq!(film.status(), 200);
    assert_eq!(film.bytes().await.unwrap().len(), include_bytes!("../../assets/test-film.mp4").len());
    let (ready, dependencies) = health.look().await;
    assert!(ready, "{dependencies}");

    shutdown.begin();
    serving.await.unwrap().unwrap();
}
