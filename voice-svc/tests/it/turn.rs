//! ICE servers, and a real coturn that takes their credentials or refuses them.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
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

/// A coturn on ports of its own, as deploy/coturn starts it.
struct Coturn {
    port: u16,
    tls_port: u16,
    server: Child,
    _folder: tempfile::TempDir,
}

impl Coturn {
    fn start(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let tls_port = free_port().unwrap();
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-subj", "/CN=turn.example.org", "-keyout", &path("key"), "-out", &path("crt")])
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success());
        fs::write(path("secret"), SECRET).unwrap();
        fs::write(path("conf"), here(port, tls_port, &path("crt"), &path("key"), &path("db"), &path("pid")))
            .unwrap();
        let server = Command::new(deployed("start.sh"))
            .env("TURN_CONFIG_FILE", path("conf"))
            .env("TURN_SECRET_FILE", path("secret"))
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Its output is buffered, so it is asked by TCP.
        for port in [port, tls_port] {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                std::thread::yield_now();
            }
        }
        Self { port, tls_port, server, _folder: folder }
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

    /// Whether it speaks TLS. Browsers relay by it (e2e/browser/tests/voice-relay.test.mjs).
    fn speaks_tls(&self) -> bool {
        let status = Command::new("openssl")
            .args(["s_client", "-brief", "-connect", &format!("127.0.0.1:{}", self.tls_port)])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        status.success()
    }
}

fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/coturn").join(name)
}

/// The configuration that is shipped, with ports and files of a test. Peers are on this machine, which it refuses elsewhere.
fn here(port: u16, tls_port: u16, crt: &str, key: &str, db: &str, pid: &str) -> String {
    let shipped = fs::read_to_string(deployed("turnserver.conf")).unwrap();
    let mut lines: Vec<_> = shipped
        .lines()
        .filter(|line| !line.starts_with("denied-peer-ip=127."))
        .map(|line| match line.split_once('=') {
            Some(("listening-port", _)) => format!("listening-port={port}"),
            Some(("tls-listening-port", _)) => format!("tls-listening-port={tls_port}"),
            Some(("cert", _)) => format!("cert={crt}"),
            Some(("pkey", _)) => format!("pkey={key}"),
            _ => line.to_owned(),
        })
        .collect();
    lines.extend(["listening-ip=127.0.0.1", "relay-ip=127.0.0.1", "allow-loopback-peers"].map(str::to_owned));
    lines.extend([format!("userdb={db}"), format!("pidfile={pid}")]);
    lines.join("\n")
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
    assert!(coturn.speaks_tls());
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
