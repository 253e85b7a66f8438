//! Keeps voice chats true: while somebody is in one, this replica follows the room's stream from sync-svc, and takes out those whose
//! session ends, who leave the room, or who may no longer speak.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ids::RoomId;
use parking_lot::Mutex;
use proto::{
    room::v1::{Permission, RoomEvent, room_event::Kind},
    sync::v1::{
        Session, SubscribeRequest, delivery_service_client::DeliveryServiceClient,
        presence_change::Kind as Change, subscribe_response::Delivery,
    },
    voice::v1::VoiceParticipant,
};
use rpc::Context;
use tokio::{sync::watch, task::JoinHandle};

use super::App;
use crate::error::Result;

/// How often a watch looks whether its voice chat is still there.
const LOOK_EVERY: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a session may take from its welcome to the stream of its room.
const SESSION_TIMEOUT: Duration = Duration::from_secs(3);

/// The person of each session of a room. `None` until the stream has told.
type Sessions = Option<HashMap<String, String>>;

/// Sessions of a room, and the task that reads its stream.
type Watch = (watch::Receiver<Sessions>, JoinHandle<()>);

/// The rooms that this replica follows.
#[derive(Default)]
pub(super) struct Watches(Mutex<HashMap<RoomId, Watch>>);

impl App {
    /// Follows a room, unless it is followed already.
    pub(super) fn watch(self: &Arc<Self>, room: RoomId) -> watch::Receiver<Sessions> {
        let mut watches = self.watches.0.lock();
        if let Some((sessions, task)) = watches.get(&room)
            && !task.is_finished()
        {
            return sessions.clone();
        }
        watches.retain(|_, (_, task)| !task.is_finished());
        let (sender, sessions) = watch::channel(None);
        let app = self.clone();
        let task = tokio::spawn(async move { app.follow(room, sender).await });
        watches.insert(room, (sessions.clone(), task));
        sessions
    }

    /// Whether a session is in the room and belongs to this person. One that has just joined is awaited.
    pub(super) async fn has_session(
        self: &Arc<Self>,
        room: RoomId,
        session_id: &str,
        subject_id: &str,
    ) -> bool {
        let mut sessions = self.watch(room);
        let is_there = |sessions: &Sessions| {
            sessions
                .as_ref()
                .is_some_and(|sessions| sessions.get(session_id).is_some_and(|of| of == subject_id))
        };
        let awaited = tokio::time::timeout(SESSION_TIMEOUT, sessions.wait_for(is_there)).await;
        matches!(awaited, Ok(Ok(_)))
    }

    async fn follow(self: Arc<Self>, room: RoomId, sessions: watch::Sender<Sessions>) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.follow_stream(room, &sessions).await {
                Ok(true) => return,
                // The stream ended, as it does when sync-svc stops.
                Ok(false) => pause = FIRST_PAUSE,
                Err(error) => tracing::warn!(%room, %error, "cannot follow a room with voice; trying again"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Follows one stream. Returns whether the room need not be followed any longer.
    async fn follow_stream(&self, room: RoomId, sessions: &watch::Sender<Sessions>) -> Result<bool> {
        // Without a number of an event the stream begins with a snapshot.
        let request = SubscribeRequest { room_id: room.to_string(), after_seq: 0 };
        let mut stream = DeliveryServiceClient::new(self.sync.clone())
            .subscribe(Context::background().request(request))
            .await?
            .into_inner();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.tick().await;
        loop {
            tokio::select! {
                told = stream.message() => match told? {
                    Some(told) => self.heard(room, sessions, told.delivery).await?,
                    None => return Ok(false),
                },
                _ = looks.tick() => if self.load(room).await?.participants.is_empty() {
                    return Ok(true);
                },
            }
        }
    }

    async fn heard(
        &self,
        room: RoomId,
        sessions: &watch::Sender<Sessions>,
        delivery: Option<Delivery>,
    ) -> Result<()> {
        match delivery {
            Some(Delivery::Snapshot(snapshot)) => {
                let present: HashMap<_, _> = snapshot.sessions.into_iter().map(person).collect();
                sessions.send_replace(Some(present.clone()));
                let stays = |of: &VoiceParticipant| present.get(&of.session_id) == Some(&of.subject_id);
                self.change(room, |record| {
                    record.participants.retain(stays);
                    Ok(())
                })
                .await?;
                // Whatever was missed, and what an attempt before this one may have failed to tell.
                self.expel_unless_allowed(room, None).await?;
                self.announce(room).await
            }
            Some(Delivery::Presence(presence)) => match presence.kind {
                Some(Change::Upserted(session)) => {
                    let (id, subject_id) = person(session);
                    sessions.send_modify(|known| {
                        known.get_or_insert_default().insert(id, subject_id);
                    });
                    Ok(())
                }
                Some(Change::RemovedSessionId(id)) => {
                    sessions.send_modify(|known| {
                        known.get_or_insert_default().remove(&id);
                    });
                    self.expel(room, |of| of.session_id == id).await
                }
                None => Ok(()),
            },
            Some(Delivery::RoomEvent(event)) => self.heard_event(room, event).await,
            _ => Ok(()),
        }
    }

    async fn heard_event(&self, room: RoomId, event: RoomEvent) -> Result<()> {
        match event.kind {
            Some(Kind::MemberLeft(subject_id)) => self.expel(room, |of| of.subject_id == subject_id).await,
            Some(Kind::MemberChanged(member)) => {
                self.expel_unless_allowed(room, Some(&member.subject_id)).await
            }
            Some(Kind::RolesChanged(_) | Kind::RoomUpdated(_)) => self.expel_unless_allowed(room, None).await,
            // Another replica may have changed it, and this one may be the host.
            Some(Kind::VoiceChanged(_)) => self.refresh_host(room).await,
            Some(Kind::RoomClosed(_) | Kind::RoomDeleted(_)) => self.expel(room, |_| true).await,
            _ => Ok(()),
        }
    }

    /// Takes out those who may no longer speak: one person, or everyone who is looked at.
    async fn expel_unless_allowed(&self, room: RoomId, subject_id: Option<&str>) -> Result<()> {
        let record = self.load(room).await?;
        let asked = record.participants.iter().map(|participant| participant.subject_id.as_str());
        for subject in asked.filter(|subject| subject_id.is_none_or(|only| only == *subject)) {
            let access = self.access_of(room, subject).await?;
            if access.is_none_or(|access| access.need(Permission::UseVoice).is_err()) {
                self.expel(room, |of| of.subject_id == subject).await?;
            }
        }
        Ok(())
    }

    async fn expel(&self, room: RoomId, leaves: impl Fn(&VoiceParticipant) -> bool) -> Result<()> {
        let (_, changed) = self
            .change(room, |record| {
                record.participants.retain(|participant| !leaves(participant));
                Ok(())
            })
            .await?;
        if changed { self.announce(room).await } else { Ok(()) }
    }
}

/// A session and its person.
fn person(session: Session) -> (String, String) {
    (session.id, session.member.unwrap_or_default().subject_id)
}
