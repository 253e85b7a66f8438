//! The service as a process of its own.

use edge::{Claims, Signer};
use media_svc::generate_link_secret;
use proto::{
    media::v1::{
        AddItemRequest, GetPlaybackInfoRequest, add_item_request::From,
        media_service_client::MediaServiceClient,
    },
    room::v1::Item,
};
use rpc::RpcChannel;
use runtime::{Clock, Process, Secret, Settings};
use serde_json::json;
use testkit::{Postgres, SERVICE_TOKEN, guest, service_token};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::room::{ROOM, Room};

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn the_process_serves_rpcs_and_the_film_and_stops() {
    let (room, blob_dir, postgres) =
        (Room::new(), tempfile::tempdir().unwrap(), Postgres::start().await.unwrap());
    let (grpc, http) = (free_address(), free_address());
    let flags = json!({
        "media": {
            "grpc_listen": grpc, "http_listen": http, "admin_listen": free_address(),
            "link_secret": generate_link_secret(),
        },
        "store": {"folder": blob_dir.path()},
        "services": {"room": testkit::serve(&room.service()).await.unwrap()},
        "postgres": {"url": postgres.url()},
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
    let served = reqwest::get(format!("http://{http}{link}")).await.unwrap();
    assert_eq!(served.status(), 200);
    assert_eq!(served.bytes().await.unwrap().len(), include_bytes!("../../assets/test-film.mp4").len());
    let (ready, dependencies) = health.look().await;
    assert!(ready, "{dependencies}");

    // A client that watches the health of the service does not hold it up.
    let mut watch = HealthClient::new(RpcChannel::remote(&format!("http://{grpc}")).unwrap());
    let request = HealthCheckRequest { service: "syncwatch.media.v1.MediaService".into() };
    let mut states = watch.watch(request).await.unwrap().into_inner();
    assert_eq!(states.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    shutdown.begin();
    assert_eq!(states.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert_eq!(health.look().await.1["status"], "stopping");
    shutdown.begin();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_process_whose_database_is_silent_is_not_ready_and_stops() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (dir, admin) = (tempfile::tempdir().unwrap(), free_address());
    let settings = format!(
        "[media]\ngrpc_listen = \"{}\"\nhttp_listen = \"{}\"\nadmin_listen = \"{admin}\"\nlink_secret = \"{}\"\n\
         [store]\nfolder = {:?}\n[postgres]\nurl = \"postgres://a@{}/b\"\n[rpc]\ntoken = \"{SERVICE_TOKEN}\"\n",
        free_address(),
        free_address(),
        generate_link_secret(),
        dir.path().join("blobs"),
        silent.local_addr().unwrap(),
    );
    let file = dir.path().join("media.toml");
    std::fs::write(&file, settings).unwrap();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_media-svc"));
    let mut process = command.arg("--config").arg(&file).kill_on_drop(true).spawn().unwrap();
    let (_held, _) = silent.accept().await.unwrap();
    let ready = reqwest::get(format!("http://{admin}/health/ready")).await.unwrap();
    assert_eq!(ready.status(), 503);
    let told: serde_json::Value = ready.json().await.unwrap();
    assert_eq!(told["status"], "starting");
    // It ends well, and not by the limit of its connection.
    let pid = process.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").arg(pid).status().unwrap().success());
    assert!(process.wait().await.unwrap().success());
}

#[tokio::test]
async fn the_edge_serves_with_the_secrets_and_the_store_alone() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let (http, admin, link_secret) = (free_address(), free_address(), generate_link_secret());
    let blob_dir = dir.path().join("blobs");
    let settings = format!(
        "[media]\nhttp_listen = \"{http}\"\nadmin_listen = \"{admin}\"\nlink_secret = \"{link_secret}\"\n[store]\nfolder = {blob_dir:?}\n\
         [rpc]\ntoken = \"{SERVICE_TOKEN}\"\n"
    );
    let file = dir.path().join("edge.toml");
    std::fs::write(&file, settings).unwrap();
    // As media-svc does at its start.
    let config = Settings::load(&[file.as_path()], json!({})).unwrap().checked().unwrap();
    media_svc::open_blobs(&config).await.unwrap();

    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_media-svc"));
    let mut edge = command.args(["edge", "--config"]).arg(&file).kill_on_drop(true).spawn().unwrap();
    while tokio::net::TcpStream::connect(&http).await.is_err() {
        assert!(edge.try_wait().unwrap().is_none(), "the edge ended");
        tokio::task::yield_now().await;
    }
    let claims = Claims {
        path: "film/test.mp4".into(),
        room_id: "room_a".into(),
        subject_id: "user_a".into(),
        expires_at_s: Clock::system().now().timestamp() + 60,
    };
    let link = Signer::new(&Secret::new(link_secret)).unwrap().sign(&claims);
    let answer = reqwest::get(format!("http://{http}{link}")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.bytes().await.unwrap().len(), include_bytes!("../../assets/test-film.mp4").len());
    let forged = reqwest::get(format!("http://{http}{}", link.replace("room_a", "room_b"))).await.unwrap();
    assert_eq!(forged.status(), 403);
    let ready = reqwest::get(format!("http://{admin}/health/ready")).await.unwrap();
    assert_eq!(ready.status(), 200);

    let pid = edge.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").arg(pid).status().unwrap().success());
    assert!(edge.wait().await.unwrap().success());
}
