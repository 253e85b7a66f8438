//! What sockets ask of the services, each with its one answer.

use std::{sync::Arc, time::Duration};

use proto::{
    realtime::v1::{Ack, SendChat, server_frame::Kind},
    room::v1::{GetAccessRequest, SendMessageRequest},
    sync::v1::{
        Aside, LeaveSessionRequest, PlaybackEvent, PlayerStatus, ReportPlayerRequest, SubscribeRequest,
        TellRequest, aside, subscribe_response::Delivery,
    },
};
use rand::Rng as _;
use rpc::Context;
use tonic::{Code, Status};

use super::{
    Services,
    frames::{answer, rejected},
    hub::{Hub, Local},
    hubs::join,
    lanes::{Outcome, Request},
    mirror::Position,
};

/// More than this many missed events are not told one by one; the snapshot says where they led.
const MISSED: i64 = 200;
const MISSED_TIMEOUT: Duration = Duration::from_secs(2);

/// Whom a socket is for, and where.
#[derive(Clone)]
pub(crate) struct Asker {
    pub(crate) services: Services,
    pub(crate) hub: Arc<Hub>,
    pub(crate) local: Arc<Local>,
}

impl Asker {
    pub(crate) fn context(&self) -> Context {
        Context::on_behalf_of(self.local.identity.clone()).from_address(self.local.address)
    }

    pub(crate) fn room(&self) -> String {
        self.hub.room_id.clone()
    }

    fn session_id(&self) -> String {
        self.local.session.id.clone()
    }

    /// Says something in the chat.
    pub(crate) fn chat(self: &Arc<Self>, id: String, chat: SendChat) -> Request {
        let asker = self.clone();
        Box::pin(async move {
            let request = asker.context().request(SendMessageRequest {
                room: asker.room(),
                text: chat.text,
                client_message_id: id.clone(),
                item_id: chat.item_id,
                position_us: chat.position_us,
            });
            let kind = match asker.services.chat().send_message(request).await {
                Ok(reply) => Kind::Ack(Ack { event: None, message: reply.into_inner().message }),
                Err(status) => Kind::Rejected(rejected(status)),
            };
            answer(id, kind).into()
        })
    }

    /// Tells how the player is doing. Nobody waits for it, and the next report is never far.
    pub(crate) fn report(self: &Arc<Self>, status: PlayerStatus) -> Request {
        let asker = self.clone();
        Box::pin(async move {
            let request = ReportPlayerRequest {
                room_id: asker.room(),
                session_id: asker.session_id(),
                status: Some(status),
            };
            if let Err(status) =
                asker.services.presence().report_player(asker.context().request(request)).await
            {
                tracing::debug!(code = ?status.code(), error = status.message(), "a report of a player was lost");
            }
            Outcome::default()
        })
    }

    /// Tells the others that this person types. Nobody misses it when it is lost.
    pub(crate) fn typing(self: &Arc<Self>) -> Request {
        let asker = self.clone();
        Box::pin(async move {
            let aside = Aside {
                session_id: asker.session_id(),
                subject_id: asker.local.identity.subject_id.clone(),
                display_name: asker.local.identity.display_name.clone(),
                kind: Some(aside::Kind::Typing(true)),
            };
            let request = TellRequest { room_id: asker.room(), aside: Some(aside) };
            if let Err(status) = asker.services.delivery().tell(asker.context().request(request)).await {
                tracing::debug!(code = ?status.code(), error = status.message(), "a typing notice was lost");
            }
            Outcome::default()
        })
    }

    /// Says again that the session is there, when sync-svc has forgotten it.
    pub(crate) fn rejoin(self: &Arc<Self>) -> Request {
        let asker = self.clone();
        Box::pin(async move {
            // When one is forgotten, all are.
            let jitter_ms = rand::thread_rng().gen_range(0..1000);
            tokio::time::sleep(Duration::from_millis(jitter_ms)).await;
            match join(&asker.services, &asker.hub.room_id, &asker.local, true).await {
                Ok(_) => Outcome::default(),
                Err(status) => Outcome { frames: Vec::new(), closed: is_out(&status) },
            }
        })
    }

    /// Looks whether someone who is said to have left is still a member: events may come late.
    pub(crate) fn check_membership(self: &Arc<Self>) -> Request {
        let asker = self.clone();
        Box::pin(async move {
            let request = asker.context().request(GetAccessRequest { room: asker.room() });
            let closed =
                asker.services.members().get_access(request).await.is_err_and(|status| is_out(&status));
            Outcome { frames: Vec::new(), closed }
        })
    }

    /// Says that the session has gone, after it had been silent for so long. It would stay in the room for as long as this gateway lives, so it is tried
    /// more than once.
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

    /// The events from `last` to `now`, all of them or none.
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

/// Whether a refusal means that there is nothing for this person in the room any more.
fn is_out(status: &Status) -> bool {
    matches!(status.code(), Code::PermissionDenied | Code::NotFound | Code::Unauthenticated)
}
