use proto::auth::v1::{CreateGuestRequest, auth_service_client::AuthServiceClient};
use rpc::RpcChannel;
use runtime::{Process, Settings};

use crate::world::{World, get_me};

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn the_process_creates_its_schema_serves_and_stops() {
    let world = World::start().await;
    let grpc = free_address();
    let flags = serde_json::json!({
        "auth": {
            "grpc_listen": grpc,
            "admin_listen": free_address(),
            "opaque_setup": world.secrets.opaque_setup,
            "signing_keys": [world.secrets.signing_key],
        },
        "postgres": {"url": world.postgres_url()},
        "rpc": {"token": testkit::SERVICE_TOKEN},
    });
    let process = Process::start("auth-svc", Settings::load(&[], flags).unwrap()).unwrap();
    let (shutdown, health) = (process.shutdown.clone(), process.health.clone());
    let serving = tokio::spawn(auth_svc::serve(process));

    // The listener is bound before the rest is ready, so the first call waits in its queue.
    let mut client = loop {
        match tokio::net::TcpStream::connect(&grpc).await {
            Ok(_) => break AuthServiceClient::new(RpcChannel::remote(&format!("http://{grpc}")).unwrap()),
            Err(_) if !serving.is_finished() => tokio::task::yield_now().await,
            Err(error) => panic!("{error}; {:?}", serving.await),
        }
    };
    let session =
        client.create_guest(CreateGuestRequest::default()).await.unwrap().into_inner().session.unwrap();
    get_me(&mut client, &session.access_token).await.unwrap();
    assert!(health.look().await.0);
    shutdown.begin();
    serving.await.unwrap().unwrap();
}
