//! `hello` and `welcome`.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::Message;
use ids::SessionId;
use proto::{
    realtime::v1::{ClientFrame, Hello, Resource as Known, Welcome, client_frame, server_frame::Kind},
    sync::v1::{Session, Snapshot},
};
use rpc::{Error, Reason};
use tokio::time::timeout;

use super::{
    frames::answer,
    links::Link,
    local::Local,
    mirror::Position,
    pace::{Pace, millis},
    session::{Admitted, End, Opened},
    session_calls::SessionCalls,
    shared::Realtime,
    socket::{Incoming, Socket, code},
};

/// The only version of the protocol.
const VERSION: i32 = 1;
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// Reads the `hello`, brings the socket into its room and sends the `welcome`.
pub(crate) async fn open(
    realtime: &Arc<Realtime>,
    socket: &mut Socket,
    admitted: Box<Admitted>,
) -> Result<Opened, End> {
    let (id, hello) = hello(socket).await?;
    let Admitted { identity, access, address, place } = *admitted;
    if let Err(error) = realtime.people.check(&place) {
        socket.reject(id, error).await?;
        return Err(End::Close(code::POLICY, "too many connections"));
    }
    let room_id = access.room.as_ref().map(|room| room.id.clone()).unwrap_or_default();
    let session = Session {
        id: SessionId::new().to_string(),
        gateway_id: realtime.id.clone(),
        member: access.member.clone(),
        status: None,
        mode: hello.mode,
        capabilities: hello.capabilities,
    };
    let observe = hello.observe;
    let is_linked = observe.contains(&Known::PlaybackInfo.into());
    let link = is_linked.then(|| realtime.hubs.item_in(&room_id)).flatten().map(|item_id| {
        let Realtime { services, resources, .. } = &**realtime;
        Link::ask(services, resources, identity.clone(), (&room_id, &item_id), Duration::ZERO)
    });
    let local = Arc::new(Local { identity, address, session });
    let attaching = realtime.hubs.attach(&room_id, local.clone());
    let (attached, link) = match link {
        Some(link) => {
            let (attached, link) = link.beside(attaching).await;
            (attached, Some(link))
        }
        None => (attaching.await, None),
    };
    let (attachment, snapshot) = match attached {
        Ok(attached) => attached,
        Err(status) => {
            let code = match rpc::reason_of(&status) {
                Some(Reason::TooManyConnections) => code::POLICY,
                _ => code::ERROR,
            };
            socket.reject(id, status).await?;
            return Err(End::Close(code, "cannot enter the room"));
        }
    };
    let hub = attachment.hub.clone();
    let calls = Arc::new(SessionCalls {
        services: realtime.services.clone(),
        hub,
        local,
        access_changed_us: Arc::default(),
    });
    let position = Position::of(snapshot.state.as_ref());
    let missed = calls.missed(Position { epoch: hello.epoch, seq: hello.last_seq }, position).await;
    // Joining has just told the times of sync-svc.
    let pace = Pace::new(&realtime.websocket, &realtime.services.sync_times);
    let welcome = Welcome {
        protocol_version: VERSION,
        session_id: calls.local.session.id.clone(),
        room: access.room,
        member: access.member,
        permissions: access.permissions.clone(),
        snapshot: Some(Snapshot { sessions: Vec::new(), ..snapshot }),
        missed,
        heartbeat_interval_ms: millis(pace.heartbeat),
        ping_interval_ms: millis(pace.ping_every),
        pong_timeout_ms: millis(pace.gone_after),
    };
    let permissions = access.permissions;
    let opened = Opened { calls, permissions, place, attachment, position, pace, observe, link };
    if socket.send(&answer(id, Kind::Welcome(welcome))).await.is_err() {
        let Opened { calls, attachment, .. } = opened;
        drop(attachment);
        calls.leave(Duration::ZERO).await;
        return Err(End::Gone);
    }
    Ok(opened)
}

async fn hello(socket: &mut Socket) -> Result<(String, Hello), End> {
    let expected = |what: &str| {
        Error::new(Reason::HelloExpected, format!("{what}; the first frame must be hello, within 10 seconds"))
    };
    let Ok(message) = timeout(HELLO_WITHIN, first(socket)).await else {
        socket.reject("", expected("nothing came")).await?;
        return Err(End::Close(code::POLICY, "hello expected"));
    };
    let message = message?;
    let (id, error) = match socket.decode(&message) {
        Ok(ClientFrame { id, kind: Some(client_frame::Kind::Hello(hello)) }) => {
            if hello.protocol_version == VERSION {
                return Ok((id, hello));
            }
            let message = format!(
                "this server speaks version {VERSION} of the protocol, not {}",
                hello.protocol_version
            );
            (id, Error::new(Reason::ProtocolUnsupported, message).with("supported", VERSION).into())
        }
        Ok(frame) => (frame.id, expected("something else came").into()),
        Err(unreadable) => (unreadable.id, unreadable.status),
    };
    socket.reject(id, error).await?;
    Err(End::Close(code::POLICY, "hello expected"))
}

async fn first(socket: &mut Socket) -> Result<Message, End> {
    loop {
        match socket.receive().await {
            Incoming::Message(message, _) => return Ok(message),
            Incoming::Alive => {}
            Incoming::Gone => return Err(End::Gone),
            Incoming::Broken(code) => return Err(End::Close(code, "no valid WebSocket frame")),
            Incoming::TooLarge => {
                socket.reject_too_large().await?;
                return Err(End::Close(code::TOO_LARGE, "frame too large"));
            }
        }
    }
}
