//! Background work: asks the TURN servers whether they answer, and keeps the rosters of the media server true.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use runtime::{Health, OnFailure, Shutdown, Tasks};
use tokio::net::{UdpSocket, lookup_host};

use crate::{
    app::{App, Turn},
    domain::{ice::HostPort, stun},
};

const ASK_EVERY: Duration = Duration::from_secs(10);
/// A request may be lost, so it is sent again.
const ATTEMPTS: u32 = 3;
const ANSWER_TIMEOUT: Duration = Duration::from_millis(700);

/// How often the rooms of the media server are read again. It ends a room that was not for 20 seconds.
const REFRESH_EVERY: Duration = Duration::from_secs(5);

pub(crate) fn spawn(tasks: &mut Tasks, app: &Arc<App>, health: &Health) {
    spawn_refresh(tasks, app, health);
    spawn_turn(tasks, &app.turn, health);
}

fn spawn_refresh(tasks: &mut Tasks, app: &Arc<App>, health: &Health) {
    if !app.has_host() {
        tracing::info!("voice has no media server (voice.sfu_listen); larger rooms have no voice");
        return;
    }
    let shown = Arc::downgrade(app);
    health.add("sfu", move || {
        let is_running = shown.upgrade().is_some_and(|app| app.is_host_running());
        async move {
            anyhow::ensure!(is_running, "its thread has ended");
            Ok(())
        }
    });
    let app = app.clone();
    tasks.spawn("rosters of the media server", OnFailure::Restart, move |shutdown| {
        refresh(app.clone(), shutdown)
    });
}

async fn refresh(app: Arc<App>, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut soft = std::pin::pin!(shutdown.soft());
    let mut rounds = tokio::time::interval(REFRESH_EVERY);
    loop {
        tokio::select! {
            _ = rounds.tick() => app.refresh_hosted().await,
            () = &mut soft => return Ok(()),
        }
    }
}

fn spawn_turn(tasks: &mut Tasks, turn: &Arc<Turn>, health: &Health) {
    if turn.servers().next().is_none() {
        tracing::info!(
            "voice has no TURN server (voice.turn_servers); people in different networks may not hear each other"
        );
        return;
    }
    let shown = turn.clone();
    health.show("turn", move || {
        let unhealthy = shown.unhealthy();
        async move {
            anyhow::ensure!(unhealthy.is_empty(), "no answer from {}", unhealthy.join(", "));
            Ok(())
        }
    });
    let turn = turn.clone();
    tasks
        .spawn("health of TURN servers", OnFailure::Restart, move |shutdown| ask_all(turn.clone(), shutdown));
}

async fn ask_all(turn: Arc<Turn>, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut soft = std::pin::pin!(shutdown.soft());
    let mut rounds = tokio::time::interval(ASK_EVERY);
    loop {
        tokio::select! {
            _ = rounds.tick() => {}
            () = &mut soft => return Ok(()),
        }
        for (index, server) in turn.servers().enumerate() {
            turn.set_healthy(index, answers(server).await);
        }
    }
}

/// Whether a server answers a STUN binding request over UDP.
async fn answers(server: &HostPort) -> bool {
    let Ok(addresses) = lookup_host(server.to_string()).await else { return false };
    for address in addresses {
        if ask(address).await.unwrap_or(false) {
            return true;
        }
    }
    false
}

async fn ask(address: SocketAddr) -> std::io::Result<bool> {
    let any: SocketAddr = if address.is_ipv4() { ([0; 4], 0).into() } else { ([0; 8], 0).into() };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(address).await?;
    let transaction: stun::Transaction = rand::random();
    let mut datagram = [0; 1500];
    for _ in 0..ATTEMPTS {
        socket.send(&stun::binding_request(transaction)).await?;
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, socket.recv(&mut datagram)).await;
        if let Ok(Ok(length)) = answer
            && stun::answers(&datagram[..length], transaction)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
