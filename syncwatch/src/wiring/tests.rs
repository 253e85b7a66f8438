use runtime::Settings;
use serde_json::json;

use super::validate;

fn mistakes_of(text: &str, strict: bool) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let (settings, mut mistakes) = Settings::read(&[file.path()], json!({})).unwrap();
    mistakes.extend(validate(&settings, strict));
    mistakes.iter().map(ToString::to_string).collect()
}

/// No section and no key of the default file is left out.
#[test]
fn every_setting_is_read_by_somebody() {
    let defaults: toml::Table = toml::from_str(include_str!("../../../config.default.toml")).unwrap();
    assert_eq!(mistakes_of("", false), Vec::<String>::new(), "the defaults are fine");
    for (section, keys) in &defaults {
        let lines: Vec<_> = keys.as_table().unwrap().keys().map(|key| format!("{key} = {{}}")).collect();
        let found = mistakes_of(&format!("[{section}]\n{}", lines.join("\n")), false);
        for key in keys.as_table().unwrap().keys() {
            let name = format!("{section}.{key} ");
            assert!(found.iter().any(|mistake| mistake.starts_with(&name)), "{name}: {found:#?}");
        }
    }
}

// Case S3.
#[test]
fn every_mistake_is_listed_and_no_secret_is_shown() {
    let text = r#"
        [gateway]
        listen = "localhost"
        admin_listn = "127.0.0.1:9100"
        public_url = "http://user:hunter2-hunter2@watch.example.org"
        cors_origins = ["https://example.org/", "example.org"]
        trusted_proxies = ["10.0.0.0/33", "10.0.0.0/8", "proxy"]
        max_connections = 100
        max_sockets = 0
        max_frame_bytes = "64k"
        [gatewy]
        listen = "127.0.0.1:1"
        [auth]
        access_token_minutes = 0
        opaque_setup = "hunter2-hunter2"
        signing_keys = ["hunter2-hunter2", 5]
        [room]
        max_items = -1
        [sync]
        log_length = 1
        [media]
        allow_private_networks = ["192.168.1.0/99"]
        link_secret = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        http_listen = "127.0.0.1:17114"
        [store]
        kind = "s3"
        s3_endpoint = "s3.example.org"
        s3_bucket = "media"
        s3_access_key = "hunter2-hunter2"
        s3_secret_key = "hunter2 hunter2"
        [services]
        room = "room:9002"
        [rpc]
        token = "hunter2-hunter2"
        [postgres]
        url = "postgres://u:hunter2-hunter2#x@host/db"
        host = "db"
        max_connections = 0
        [redis]
        url = "hunter2-hunter2"
        [log]
        level = "loud"
        format = "hunter2-hunter2"
        otlp_endpoint = "collector:4317"
    "#;
    let found = mistakes_of(text, true);
    for wanted in [
        "gateway.listen cannot be used",
        "gateway.admin_listn is no setting that exists; did you mean `admin_listen`?",
        "gateway.public_url must not name a user",
        "gateway.cors_origins[0] must be scheme, host and port only",
        "gateway.cors_origins[1] is not a URL",
        "gateway.trusted_proxies[0] must be a network",
        "gateway.trusted_proxies[2] must be a network",
        "gateway.max_connections_per_address is more than max_connections",
        "gateway.max_sockets is 0",
        "gateway.max_frame_bytes must be a whole number",
        "gatewy is no section that exists; did you mean `gateway`?",
        "auth.access_token_minutes is 0; it must be 1 to 1440",
        "auth.opaque_setup is not base64",
        "auth.signing_keys[0] is not base64 of 32 bytes",
        "auth.signing_keys[1] must be a text in quotes, not a number",
        "room.max_items must be a whole number",
        "sync.log_length is 1; it must be 10 to 100000",
        "media.allow_private_networks[0] is not a network",
        "media.link_secret is too short or too regular",
        "media.http_listen is the same address as admin_listen",
        "store.s3_endpoint is not a URL",
        "store.s3_secret_key has a space",
        "services.room is not a URL",
        "rpc.token is too short or too regular",
        "postgres.url is not a URL",
        "postgres.host cannot be set beside postgres.url",
        "postgres.max_connections is 0; it must be 1 to 1000",
        "redis.url is not a URL",
        "log.level must be error, warn",
        "log.format must be one of pretty, json",
        "log.otlp_endpoint is not a URL",
    ] {
        assert_eq!(
            found.iter().filter(|mistake| mistake.starts_with(wanted)).count(),
            1,
            "{wanted}: {found:#?}"
        );
    }
    assert!(!found.concat().contains("hunter2"), "{found:#?}");
}

#[test]
fn times_of_connections_must_fit_each_other() {
    for (text, wanted) in [
        (
            "[websocket]\nping_interval_seconds = 0",
            "websocket.ping_interval_seconds is 0; it must be 1 to 60",
        ),
        (
            "[websocket]\nping_interval_seconds = 15",
            "websocket.pong_timeout_seconds is not longer than ping_interval",
        ),
        ("[websocket]\nread_buffer_size = 0", "websocket.read_buffer_size is 0; it must be 512 to 1048576"),
        (
            "[websocket]\nwrite_buffer_size = 9999999",
            "websocket.write_buffer_size is 9999999; it must be 0 to",
        ),
        (
            "[websocket]\nmax_connections_per_user = 0",
            "websocket.max_connections_per_user is 0; nobody could enter",
        ),
        (
            "[sync]\nheartbeat_interval_seconds = 0",
            "sync.heartbeat_interval_seconds is 0; it must be 1 to 30",
        ),
        (
            "[sync]\nheartbeat_interval_seconds = 10",
            "sync.disconnect_timeout_seconds is less than two heartbeats",
        ),
        (
            "[sync]\nheartbeat_interval_seconds = 2\ndisconnect_timeout_seconds = 5",
            "sync.disconnect_timeout_seconds is 5; it must be 10 to 600",
        ),
        ("[sync]\nmax_latency_ms = 0", "sync.max_latency_ms is 0; it must be 1 to 60000"),
    ] {
        let found = mistakes_of(text, false);
        assert!(found.len() == 1 && found[0].starts_with(wanted), "{wanted}: {found:#?}");
    }
}

#[test]
fn strict_requires_what_production_needs() {
    let found = mistakes_of("", true);
    for setting in [
        "gateway.public_url ",
        "auth.opaque_setup ",
        "auth.signing_keys ",
        "media.link_secret ",
        "rpc.token ",
        "postgres.url ",
        "redis.url ",
        "voice.turn_servers ",
    ] {
        assert!(found.iter().any(|mistake| mistake.starts_with(setting)), "{setting}: {found:#?}");
    }
    let found = mistakes_of("[gateway]\npublic_url = \"http://watch.example.org\"", true);
    assert!(
        found.iter().any(|mistake| mistake.starts_with("gateway.public_url must begin with https://")),
        "{found:#?}"
    );
}

// Rows 000-82 and 001-11.
#[test]
fn several_replicas_need_redis() {
    let asks_for_redis = |text: &str, strict| {
        mistakes_of(text, strict).iter().any(|mistake| mistake.starts_with("redis.url "))
    };
    let redis = "[redis]\nhost = \"redis\"\n";
    assert!(asks_for_redis("", true), "how many there are is not said");
    assert!(asks_for_redis("[services]\nreplicas = 2", true));
    assert!(!asks_for_redis("[services]\nreplicas = 1", true), "memory is enough for one");
    assert!(!asks_for_redis(&format!("{redis}[services]\nreplicas = 2"), true));
    assert!(!asks_for_redis("[services]\nreplicas = 2", false), "a trial may do without");
}

#[test]
fn a_good_configuration_passes_the_strict_check() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secrets.toml");
    crate::secrets::make(&file).unwrap();
    let text = std::fs::read_to_string(file).unwrap()
        + "[gateway]\npublic_url = \"https://watch.example.org\"\n\
           [postgres]\nurl = \"postgres://syncwatch:secret@db/syncwatch\"\n[redis]\nurl = \"redis://redis:6379\"\n\
           [voice]\nturn_servers = [\"turn.example.org\"]\nturn_secret = \"Zk9vQ2h4UmN1b3BqTXJtV0tYdGFOaUxB\"\n";
    assert_eq!(mistakes_of(&text, true), Vec::<String>::new());
}
