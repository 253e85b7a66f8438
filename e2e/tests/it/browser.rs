//! The tests in a real browser (e2e/browser), in both shapes. Each file is a test of its own with a system of
//! its own, so that a failure or a timeout names what it is about.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use e2e::{Shape, System};

/// A module for each `e2e/browser/tests/NAME.test.mjs`, with a test for each shape.
macro_rules! browser_tests {
    ($($module:ident: $name:literal),* $(,)?) => {
        const NAMES: &[&str] = &[$($name),*];
        $(mod $module {
            #[test]
            fn one_process() -> anyhow::Result<()> {
                super::run(e2e::Shape::One, $name)
            }

            #[test]
            fn split() -> anyhow::Result<()> {
                super::run(e2e::Shape::Split, $name)
            }
        })*
    };
}

browser_tests! {
    accessibility: "accessibility",
    account: "account",
    chat: "chat",
    chat_history: "chat-history",
    chat_moderation: "chat-moderation",
    chat_over_film: "chat-over-film",
    control: "control",
    controlled_room: "controlled-room",
    devices: "devices",
    endings: "endings",
    film_refusals: "film-refusals",
    film_tracks: "film-tracks",
    films: "films",
    front: "front",
    full_screen: "full-screen",
    glass: "glass",
    joining: "joining",
    layout: "layout",
    links: "links",
    mistakes: "mistakes",
    moderation: "moderation",
    official_players: "official-players",
    offline: "offline",
    owner: "owner",
    playlist: "playlist",
    private: "private",
    queue: "queue",
    saved_lists: "saved-lists",
    settings: "settings",
    silent_film: "silent-film",
    sound: "sound",
    streams: "streams",
    tracks: "tracks",
    tus_client: "tus-client",
    up_next: "up-next",
    uploads: "uploads",
    voice: "voice",
    voice_film: "voice-film",
    voice_relay: "voice-relay",
    voice_settings: "voice-settings",
    voice_sfu: "voice-sfu",
    voice_talking: "voice-talking",
    waiting: "waiting",
    watch_together: "watch-together",
}

#[test]
fn every_file_of_browser_tests_is_run() {
    let files = fs::read_dir(folder().join("tests")).unwrap();
    let found: BTreeSet<_> = files
        .filter_map(|file| Some(file.unwrap().file_name().to_str()?.strip_suffix(".test.mjs")?.to_owned()))
        .collect();
    assert_eq!(found, NAMES.iter().map(|name| (*name).to_owned()).collect());
}

fn run(shape: Shape, name: &str) -> anyhow::Result<()> {
    let turn_ports = [testkit::free_port()?, testkit::free_port()?];
    let turn_tls_port = testkit::free_port()?.to_string();
    let turn_servers = turn_ports.map(|port| format!("\"127.0.0.1:{port}\"")).join(",");
    let turn_servers = format!("[{turn_servers}]");
    let settings = [
        // Where the tests start coturn, with this secret, and no server of the Internet.
        ("VOICE__TURN_SERVERS", turn_servers.as_str()),
        ("VOICE__TURN_SECRET", "turn-secret-of-the-browser-tests"),
        ("VOICE__TURN_TLS_PORT", &turn_tls_port),
        ("VOICE__STUN_SERVERS", "[]"),
        // All people of all tests come from one address.
        ("LIMITS__TRUSTED_NETWORKS", r#"["127.0.0.0/8"]"#),
        // One person says what many would.
        ("LIMITS__CHAT", "unlimited"),
        ("LIMITS__ROOM_CHAT", "unlimited"),
        ("LIMITS__CALLS", "unlimited"),
        // Guests of one test send many files.
        ("UPLOADS__PER_HOUR", "100"),
        // Elsewhere no browser competes with the encoders. Below its pages, which draw without a graphics card, films would wait.
        ("TRANSCODE__NICE", "0"),
        // Where the tests' own media hosts are.
        ("MEDIA__ALLOW_PRIVATE_NETWORKS", r#"["127.0.0.1"]"#),
    ];
    let system = System::start_with(shape, &settings)?;
    let status = Command::new("node")
        .args(["--test", &format!("tests/{name}.test.mjs")])
        .current_dir(folder())
        .env("BASE_URL", system.url())
        .env("TURN_TLS_PORT", &turn_tls_port)
        .env("TURN_PORTS", turn_ports.map(|port| port.to_string()).join(","))
        .status()?;
    anyhow::ensure!(status.success(), "the browser tests of {name} failed: {status}");
    Ok(())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser")
}
