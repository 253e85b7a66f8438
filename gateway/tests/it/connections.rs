//! How many connections there may be, and how long they may keep silent.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use gateway::{Config, Limits};
use runtime::{Settings, Telemetry};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
};

use super::world::World;

/// A bound for a broken server, not a measure of a working one.
const PATIENCE: Duration = Duration::from_secs(20);

async fn listen(limits: Limits) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new().route("/", get(|| async { "here you are" }));
    tokio::spawn(gateway::serve_http(listener, router, limits, std::future::pending()));
    address
}

/// Asks for a path and keeps the connection; gives the head and the body of the answer.
async fn ask(stream: &mut TcpStream, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let complete = |answer: &[u8]| {
        let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        (body.len() >= length.parse().ok()?).then_some(())
    };
    while complete(&answer).is_none() {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "the answer broke off");
    }
    String::from_utf8(answer).unwrap()
}

/// Everything until the other side closes.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    // A reset is an end as well.
    let _ = read.expect("the connection stays open");
    rest
}

async fn until_served(address: &str, path: &str) {
    let served = async {
        loop {
            let mut stream = TcpStream::connect(address).await.unwrap();
            if ask(&mut stream, path).await.starts_with("HTTP/1.1 200") {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, served).await.expect("there is a place");
}

#[tokio::test]
async fn connections_above_the_limit_get_503_with_retry_after() {
    let address = listen(Limits::new(1)).await;
    let mut first = TcpStream::connect(&address).await.unwrap();
    assert!(ask(&mut first, "/").await.ends_with("here you are"));

    let mut second = TcpStream::connect(&address).await.unwrap();
    let refused = ask(&mut second, "/").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: 5") && refused.contains("connection: close"), "{refused}");
    assert!(refused.contains("DEPENDENCY_UNAVAILABLE"), "{refused}");
    assert_eq!(rest(second).await, b"", "and the connection ends");

    assert!(ask(&mut first, "/").await.ends_with("here you are"), "the first one notices nothing");
    drop(first);
    until_served(&address, "/").await;
}

/// A connection from this address of the loopback network.
async fn connect_from(ip: &str, address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(ip.parse().unwrap(), 0)).unwrap();
    socket.connect(address.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn one_address_cannot_take_all_connections() {
    let settings = Settings::load(&[], serde_json::json!({})).unwrap();
    let telemetry = Telemetry::start(&settings.section("log").unwrap(), "gateway").unwrap();
    let config =
        Config { max_connections: 4, max_connections_per_address: 2, ..settings.section("gateway").unwrap() };
    let address = listen(Limits::of(&config)).await;
    let counts = |times| {
        let line = format!("syncwatch_http_connections_refused_total{{reason=\"address\"}} {times}");
        telemetry.metrics.render().lines().any(|known| known == line)
    };
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = connect_from("127.0.0.2", &address).await;
        assert!(ask(&mut stream, "/").await.ends_with("here you are"));
        held.push(stream);
    }
    assert!(counts(0), "{}", telemetry.metrics.render());
    let mut third = connect_from("127.0.0.2", &address).await;
    let refused = ask(&mut third, "/").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: 5") && refused.contains("connection: close"), "{refused}");
    assert!(refused.contains("your address has reached its connection limit"), "{refused}");
    assert_eq!(rest(third).await, b"", "and the connection ends");
    assert!(counts(1), "{}", telemetry.metrics.render());

    let mut other = connect_from("127.0.0.3", &address).await;
    assert!(ask(&mut other, "/").await.ends_with("here you are"), "others notice nothing");
    drop(held);
    let served = async {
        while !ask(&mut connect_from("127.0.0.2", &address).await, "/").await.starts_with("HTTP/1.1 200") {}
    };
    tokio::time::timeout(PATIENCE, served).await.expect("there is a place again");
}

#[tokio::test]
async fn a_trusted_proxy_may_use_all_connections() {
    let settings = Settings::load(&[], serde_json::json!({})).unwrap();
    let config = Config {
        max_connections: 3,
        max_connections_per_address: 1,
        trusted_proxies: vec!["127.0.0.2/32".parse().unwrap()],
        ..settings.section("gateway").unwrap()
    };
    let address = listen(Limits::of(&config)).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect_from("127.0.0.2", &address).await;
        assert!(ask(&mut stream, "/").await.ends_with("here you are"));
        held.push(stream);
    }
    let refused = ask(&mut connect_from("127.0.0.2", &address).await, "/").await;
    assert!(refused.contains("this server has reached its connection limit"), "{refused}");
}

#[test]
fn a_limit_of_zero_connections_is_rejected() {
    let settings = Settings::load(&[], serde_json::json!({})).unwrap();
    let config = Config { max_connections_per_address: 0, ..settings.section("gateway").unwrap() };
    let error = runtime::ensure_valid(&config).unwrap_err().to_string();
    assert!(error.contains("gateway.max_connections_per_address is 0"), "{error}");
}

#[tokio::test]
async fn a_websocket_does_not_count_as_a_connection() {
    let world = World::new();
    let address = world.serve_within(Limits::new(1)).await;
    let _socket = world.enter(&address, "ann", &[]).await;
    until_served(&address, "/api/rooms").await;
}

#[tokio::test]
async fn connections_without_a_complete_request_time_out() {
    let limits = Limits { first_request: Duration::from_millis(20), ..Limits::new(10) };
    let address = listen(limits).await;
    // Nothing, the beginning of HTTP/2, the whole of its preface, and headers that do not end.
    for begun in ["", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "]
    {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        rest(stream).await;
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let limits = Limits { next_request: Duration::from_millis(20), ..Limits::new(10) };
    let mut stream = TcpStream::connect(listen(limits).await).await.unwrap();
    assert!(ask(&mut stream, "/").await.ends_with("here you are"));
    rest(stream).await;
}

// Case O4.
#[tokio::test]
async fn a_paused_reader_keeps_its_connection() {
    const FILM: usize = 32 * 1024 * 1024;
    let limits = Limits { next_request: Duration::from_millis(20), ..Limits::new(10) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = Router::new()
        .route("/", get(|| async { "here you are" }))
        .route("/film", get(|| async { vec![7_u8; FILM] }));
    tokio::spawn(gateway::serve_http(listener, router, limits, std::future::pending()));

    let mut reader = TcpStream::connect(&address).await.unwrap();
    reader.write_all(b"GET /film HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut head = vec![0; 1000];
    reader.read_exact(&mut head).await.unwrap();
    // Connections that began later were closed for their silence, twice over, and this one was not.
    for _ in 0..3 {
        let mut other = TcpStream::connect(&address).await.unwrap();
        assert!(ask(&mut other, "/").await.ends_with("here you are"));
        rest(other).await;
    }
    let body = head.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    assert_eq!(rest(reader).await.len() + head.len() - body, FILM);
}

// Case O16.
#[tokio::test]
async fn connections_leave_file_descriptors_for_the_rest_of_the_process() {
    let settings = Settings::load(&[], serde_json::json!({})).unwrap();
    let telemetry = Telemetry::start(&settings.section("log").unwrap(), "gateway").unwrap();
    // The clients of this test are in the same process: their descriptors count too.
    let mut held: Vec<_> = (0..50).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
    let max_descriptor = std::os::fd::AsRawFd::as_raw_fd(held.last().unwrap()) + 5;
    let address = listen(Limits { max_descriptor, ..Limits::new(1000) }).await;
    let health = listen(Limits { max_descriptor: i32::MAX, ..Limits::new(1000) }).await;
    let mut clients = Vec::new();
    let refused = loop {
        let mut client = TcpStream::connect(&address).await.unwrap();
        let answer = ask(&mut client, "/").await;
        clients.push(client);
        if !answer.starts_with("HTTP/1.1 200") {
            break answer;
        }
        assert!(clients.len() < 100, "there is a bound");
    };
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 5"), "{refused}");
    let metrics = telemetry.metrics.render();
    assert!(
        metrics.contains("syncwatch_http_connections_refused_total{reason=\"descriptors\"} 1"),
        "{metrics}"
    );
    until_served(&health, "/").await;
    // Once there are some again, the next one is served.
    held.clear();
    clients.clear();
    until_served(&address, "/").await;
}

// Case O16.
#[tokio::test]
async fn without_any_file_descriptor_the_listener_waits_and_recovers() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let address = listen(Limits { max_descriptor: i32::MAX, ..Limits::new(1000) }).await;
    // Kept open: its end would give a descriptor back.
    let mut first = TcpStream::connect(&address).await.unwrap();
    assert!(ask(&mut first, "/").await.ends_with("here you are"));
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 200.min(hard), hard).unwrap();
    let mut held = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        held.push(file);
    }
    // One descriptor for the client; the server has none to accept it with.
    drop(held.pop());
    let mut client = TcpStream::connect(&address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(std::fs::File::open("/dev/null").is_err(), "there is none left");
    drop(held);
    let mut byte = [0];
    let answered = tokio::time::timeout(PATIENCE, client.read(&mut byte)).await.expect("it recovers");
    assert_eq!(answered.unwrap(), 1);
}
