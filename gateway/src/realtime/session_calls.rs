//! The calls that a session makes, each with its one answer.

use std::{
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use proto::{
    realtime::v1::{Ack, Closed, Rejected, Resource as Known, Signal, server_frame::Kind},
    sync::v1::{
        Aside, LeaveSessionRequest, PlaybackEvent, PlayerStatus, ReportPlayerRequest, SubscribeRequest,
        TellRequest, aside, subscribe_response::Delivery,
    },
};
use rand::Rng as _;
use rpc::Context;
use tonic::{Code, Status};

use super::{
    frames::{answer, answer_with, rejected},
    hub::Hub,
    local::Local,
    mirror::Position,
    request::{Outcome, Request},
    services::Services,
};
use crate::api::Method;

/// A client that missed more events than this gets none of them; the snapshot says where they led.
const MISSED: i64 = 200;
const MISSED_TIMEOUT: Duration = Duration::from_secs(2);

/// Makes the calls of one session.
#[derive(Clone)]
pub(crate) struct SessionCalls {
    pub(crate) services: Services,
    pub(crate) hub: Arc<Hub>,
    pub(crate) local: Arc<Local>,
    /// When the person's access last changed, in cluster time; 0: it did not.
    pub(crate) access_changed_us: Arc<AtomicI64>,
}

impl SessionCalls {
    pub(crate) fn context(&self) -> Context {
        self.local.context()
    }

    pub(crate) fn room(&self) -> String {
        self.hub.room_id.clone()
    }

    fn session_id(&self) -> String {
        self.local.session.id.clone()
    }

    /// Calls an RPC for the client.
    pub(crate) fn call(self: &Arc<Self>, id: String, method: Arc<Method>, request: Vec<u8>) -> Request {
        let calls = self.clone();
        Box::pin(async move {
            let (metadata, _, ()) = calls.context().request(()).into_parts();
            match method.call(&request, metadata.into_headers()).await {
                Ok(reply) => {
                    let ack = Ack { body: Some(reply.into()), ..Ack::default() };
                    answer_with(id, Kind::Ack(ack), Some(method.output.clone())).into()
                }
                Err(status) => answer(id, Kind::Rejected(rejected(&status))).into(),
            }
        })
    }

    /// Reads the snapshot of a resource that the client begins to observe. An `ack` comes first where there is an id.
    pub(crate) fn observe(self: &Arc<Self>, id: String, number: i32) -> Request {
        let calls = self.clone();
        Box::pin(async move {
            let Some(resource) = calls.hub.resources().get(number) else { return Outcome::default() };
            match calls.hub.snapshot(resource, Some(&calls.local)).await {
                Ok(snapshot) => {
                    let ack = (!id.is_empty()).then(|| Arc::new(answer(id, Kind::Ack(Ack::default()))));
                    Outcome { frames: ack.into_iter().chain([snapshot]).collect(), ..Outcome::default() }
                }
                Err(status) => answer(id, Kind::Rejected(rejected(&status))).into(),
            }
        })
    }

    /// Reads the client's own snapshot of a resource again after `delay`.
    pub(crate) fn refresh(self: &Arc<Self>, number: i32, delay: Duration) -> Request {
        let calls = self.clone();
        Box::pin(async move {
            tokio::time::sleep(delay).await;
            let Some(resource) = calls.hub.resources().get(number) else { return Outcome::default() };
            let is_access = number == i32::from(Known::Access);
            match calls.hub.snapshot(resource, Some(&calls.local)).await {
                Ok(access) if is_access => Outcome { access: Some(access), ..Outcome::default() },
                Ok(snapshot) => Outcome { frames: vec![snapshot], ..Outcome::default() },
                Err(status) => {
                    tracing::info!(resource = resource.name, code = ?status.code(), error = status.message(), "cannot read a snapshot again");
                    Outcome { closed: is_access.then(|| out(&status)).flatten(), ..Outcome::default() }
                }
            }
        })
    }

    /// Sends a payload to another session of the room.
    pub(crate) fn signal(self: &Arc<Self>, id: String, signal: Signal) -> Request {
        let calls = self.clone();
        Box::pin(async move {
            let kind = match calls.tell(aside::Kind::Signal(signal.payload), signal.to_session_id).await {
                Ok(()) => Kind::Ack(Ack::default()),
                Err(status) => Kind::Rejected(rejected(&status)),
            };
            answer(id, kind).into()
        })
    }

    /// Reports how the player is doing. Best effort: the next report follows soon.
    pub(crate) fn report(self: &Arc<Self>, status: PlayerStatus) -> Request {
        let calls = self.clone();
        Box::pin(async move {
            let request = ReportPlayerRequest {
                room_id: calls.room(),
                session_id: calls.session_id(),
                status: Some(status),
            };
            if let Err(status) =
                calls.services.presence().report_player(calls.context().request(request)).await
            {
                tracing::debug!(code = ?status.code(), error = status.message(), "a report of a player was lost");
            }
            Outcome::default()
        })
    }

    /// Tells the others that this person types. Best effort.
    pub(crate) fn typing(self: &Arc<Self>) -> Request {
        let calls = self.clone();
        Box::pin(async move {
            if let Err(status) = calls.tell(aside::Kind::Typing(true), String::new()).await {
                tracing::debug!(code = ?status.code(), error = status.message(), "a typing notice was lost");
            }
            Outcome::default()
        })
    }

    /// Tells the room something that is not kept; only one session when `to_session_id` names it.
    async fn tell(&self, kind: aside::Kind, to_session_id: String) -> Result<(), Status> {
        let aside = Aside {
            session_id: self.session_id(),
            subject_id: self.local.identity.subject_id.clone(),
            display_name: self.local.identity.display_name.clone(),
            kind: Some(kind),
            to_session_id,
        };
        let request = TellRequest { room_id: self.room(), aside: Some(aside) };
        self.services.delivery().tell(self.context().request(request)).await.map(drop)
    }

    /// Joins again a session that sync-svc has forgotten.
    pub(crate) fn rejoin(self: &Arc<Self>) -> Request {
        let calls = self.clone();
        Box::pin(async move {
            // sync-svc forgets all sessions of a room at once.
            let jitter_ms = rand::thread_rng().gen_range(0..1000);
            tokio::time::sleep(Duration::from_millis(jitter_ms)).await;
            match calls.services.join(&calls.hub.room_id, &calls.local, true).await {
                Ok(_) => Outcome::default(),
                Err(status) => Outcome { closed: out(&status), ..Outcome::default() },
            }
        })
    }

    /// Tells sync-svc that the session has gone, after it had been silent for so long. Tries more than once: otherwise the
    /// session would stay in the room for as long as this gateway lives.
    pub(crate) async fn leave(&self, silent: Duration) {
        let silent_ms = i64::try_from(silent.as_millis()).unwrap_or_default();
        for pause_ms in [200, 1000, 0] {
            let request =
                LeaveSessionRequest { room_id: self.room(), session_id: self.session_id(), silent_ms };
            match self.services.presence().leave_session(self.context().request(request)).await {
                Ok(_) => return,
                Err(status) if is_out(&status) => return,
                Err(status) => {
                    tracing::warn!(code = ?status.code(), error = status.message(), "a session that ended could not be taken out of its room");
                }
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
    }

    /// The events after `last` up to `now`; all of them or none.
    pub(crate) async fn missed(&self, last: Position, now: Position) -> Vec<PlaybackEvent> {
        if last.seq == 0 || last.epoch != now.epoch || last >= now || now.seq - last.seq > MISSED {
            return Vec::new();
        }
        let read = async {
            let request = SubscribeRequest { room_id: self.room(), after_seq: last.seq };
            let mut stream = self
                .services
                .delivery()
                .subscribe(Context::background().request(request))
                .await
                .ok()?
                .into_inner();
            let mut events = Vec::new();
            loop {
                match stream.message().await.ok()??.delivery {
                    Some(Delivery::Event(event)) if event.seq <= now.seq => events.push(event),
                    // The log does not reach back.
                    Some(Delivery::Snapshot(_)) => return None,
                    _ => {}
                }
                if events.last().is_some_and(|event| event.seq >= now.seq) {
                    return Some(events);
                }
            }
        };
        tokio::time::timeout(MISSED_TIMEOUT, read).await.ok().flatten().unwrap_or_default()
    }
}

/// The notice that closes a connection whose person has no access to the room any more: why, as the service says it.
fn out(status: &Status) -> Option<Closed> {
    is_out(status).then(|| {
        let Rejected { reason, message, metadata, .. } = rejected(status);
        Closed { reason, message, metadata }
    })
}

/// Whether a refusal means that this person has no access to the room any more.
fn is_out(status: &Status) -> bool {
    matches!(status.code(), Code::PermissionDenied | Code::NotFound | Code::Unauthenticated)
}
