//! Signs of life. Proxies close connections on which the server is silent, most of them after 60 s.
// Case O5.

use std::time::Duration;

use futures::StreamExt as _;
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::{MaybeTlsStream, tungstenite::Message};

use super::world::World;

/// A bound for a broken server, not a measure of a working one, which needs 20 s.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test]
async fn the_server_pings_and_drops_a_client_that_misses_two() {
    let world = World::new();
    let address = world.serve().await;
    let mut answering = world.enter(&address, "ann", &[]).await;
    // Reads what comes and answers nothing, as a machine that fell asleep.
    let mut silent = world.enter(&address, "bob", &[]).await;
    let MaybeTlsStream::Plain(stream) = silent.0.get_mut() else { panic!("no TLS here") };
    let dropped = async {
        let mut heard = Vec::new();
        while stream.read_buf(&mut heard).await.unwrap() > 0 {}
        heard
    };
    let pinged = async {
        let mut pings = 0;
        loop {
            match answering.0.next().await.expect("it stays open").unwrap() {
                // tungstenite answers when it is polled again.
                Message::Ping(_) => pings += 1,
                Message::Text(_) => {}
                other => panic!("{other:?}"),
            }
            if pings == 4 {
                break;
            }
        }
    };
    let both = async { tokio::join!(dropped, pinged) };
    let (heard, ()) = tokio::time::timeout(PATIENCE, both).await.expect("pings");
    let pings = heard.windows(2).filter(|bytes| *bytes == [0x89, 0x00]).count();
    assert!(pings >= 2, "{heard:?}");
    let goodbye = heard.windows(4).any(|bytes| bytes[0] == 0x88 && bytes[2..] == 1001u16.to_be_bytes());
    assert!(goodbye, "it is told that it was away: {heard:?}");
}
