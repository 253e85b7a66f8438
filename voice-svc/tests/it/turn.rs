//! ICE servers, and a real coturn that takes their credentials or refuses them.

use std::{
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use proto::{
    room::v1::Role,
    voice::v1::{GetIceServersRequest, GetIceServersResponse, IceServer},
};
use rpc::{Context, Reason};
use runtime::Clock;
use testkit::free_port;

use super::world::{Instance, World, id_of, reason};

const SECRET: &str = "secret-of-the-relay";

/// A coturn on a port of its own.
struct Coturn {
    port: u16,
    server: Child,
    _folder: tempfile::TempDir,
}

impl Coturn {
    fn start(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let server = Command::new("turnserver")
            .args(["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--realm=tests.local"])
            .args(["--fingerprint", "--use-auth-secret", "--allow-loopback-peers", "--no-cli"])
            .args(["--no-tls", "--no-dtls", "--log-file=stdout", "--simple-log"])
            .arg(format!("--listening-port={port}"))
            .arg(format!("--static-auth-secret={SECRET}"))
            .arg(format!("--userdb={}", path("db")))
            .arg(format!("--pidfile={}", path("pid")))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Its output is buffered, so it is asked by TCP.
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::yield_now();
        }
        Self { port, server, _folder: folder }
    }

    /// Whether a client with these credentials gets a relay and its bytes come back.
    fn relays(&self, server: &IceServer) -> bool {
        let status = Command::new("turnutils_uclient")
            .args(["-y", "-n", "1", "-m", "1", "-u", &server.username, "-w", &server.credential])
            .args(["-p", &self.port.to_string(), "127.0.0.1"])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        status.success()
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

async fn ice_servers(instance: &Instance, who: &Context) -> GetIceServersResponse {
    let request = who.request(GetIceServersRequest { room: instance.room.clone() });
    instance.service.clone().get_ice_servers(request).await.unwrap().into_inner()
}

fn with_turn(world: &World, ports: &[u16]) -> Instance {
    let mut config = World::config();
    config.turn_servers = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    config.turn_secret = runtime::Secret::new(SECRET);
    config.stun_servers.clear();
    world.start_with(&config)
}

#[tokio::test]
async fn an_installation_without_turn_says_so() {
    let world = World::new().await;
    let instance = world.start();
    let answer = ice_servers(&instance, &world.person("mia")).await;
    assert!(!answer.has_relay);
    let urls: Vec<_> = answer.ice_servers.iter().flat_map(|server| server.urls.clone()).collect();
    assert_eq!(urls, ["stun:stun.example.net:19302"]);

    let silent = world.member("eve", Role::Guest, &[]);
    let request = silent.request(GetIceServersRequest { room: instance.room.clone() });
    let refused = instance.service.clone().get_ice_servers(request).await.unwrap_err();
    assert_eq!(reason(&refused), Reason::PermissionMissing);
}

#[tokio::test(flavor = "multi_thread")]
async fn coturn_takes_a_credential_and_refuses_it_after_its_expiry_or_when_it_was_changed() {
    let coturn = Coturn::start(free_port().unwrap());
    let mut world = World::new().await;
    let mia = world.person("mia");
    let answer = ice_servers(&with_turn(&world, &[coturn.port]), &mia).await;
    assert!(answer.has_relay);
    assert_eq!(answer.ttl, 3600);
    let [stun, turn] = &answer.ice_servers[..] else { panic!("{answer:?}") };
    assert_eq!((stun.urls.len(), stun.username.as_str(), stun.credential.as_str()), (1, "", ""));
    assert_eq!(turn.credential_type, "password");
    assert_eq!(
        turn.urls,
        [
            format!("turn:127.0.0.1:{}?transport=udp", coturn.port),
            format!("turn:127.0.0.1:{}?transport=tcp", coturn.port),
            "turns:127.0.0.1:5349?transport=tcp".to_owned(),
        ]
    );
    let (expiry, subject_id) = turn.username.split_once(':').unwrap();
    assert_eq!(subject_id, id_of(&mia));
    assert!(coturn.relays(turn), "a good credential");
    let longer = format!("{}:{subject_id}", expiry.parse::<i64>().unwrap() + 3600);
    assert!(!coturn.relays(&IceServer { username: longer, ..turn.clone() }), "nobody prolongs it");

    // An hour and a minute ago.
    world.clock = Clock::manual(world.clock.now_us() - 3_660_000_000);
    let old = ice_servers(&with_turn(&world, &[coturn.port]), &mia).await;
    assert!(!coturn.relays(&old.ice_servers[1]), "an expired credential");
}

// Document 004, 12.2.4.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_server_that_does_not_answer_is_given_last_and_shown_but_not_counted() {
    let (first, second) = (free_port().unwrap(), Coturn::start(free_port().unwrap()));
    let world = World::new().await;
    let mia = world.person("mia");
    let instance = with_turn(&world, &[first, second.port]);
    let waiting = async {
        loop {
            let answer = ice_servers(&instance, &mia).await;
            if answer.ice_servers[1].urls[0].contains(&second.port.to_string()) {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let answer = tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("the order changes");
    assert!(answer.ice_servers[2].urls[0].contains(&first.to_string()), "it is not left out");
    let (is_ready, shown) = instance.health.look().await;
    assert!(is_ready, "{shown}");
    assert_eq!(shown["dependencies"]["turn"]["status"], "down");
}
