//! Who may do what in a room, as room-svc says; kept for a moment, since one person's commands come in bursts.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ids::RoomId;
use proto::{
    room::v1::{GetAccessRequest, Permission, Room, room_service_client::RoomServiceClient},
    sync::v1::{Command, command::Action},
};
use rpc::{Context, Identity, RpcChannel};

use super::App;
use crate::{
    error::{Error, Result},
    playback::Decided,
};

/// How long an answer is good. Changes come as events of the room and end it sooner.
const GOOD_FOR_US: i64 = 3_000_000;
/// How long an answer may be used once more, while it is asked for anew: a command does not wait for room-svc unless
/// its sender was silent for longer.
const USABLE_FOR_US: i64 = 60_000_000;
/// The command that found its answer stale goes first: on few cores, asking would take the time of those who deliver it.
const ASK_AFTER: Duration = Duration::from_millis(50);
/// Answers kept at most.
const MOST: usize = 50_000;

/// What someone may do in a room.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) room: RoomId,
    permissions: Vec<Permission>,
    good_until_us: i64,
}

/// By the room, as its caller named it, and the person.
#[derive(Default)]
pub(super) struct AccessCache(Mutex<HashMap<String, Access>>);

impl AccessCache {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Access>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer that may be used, and whether to ask anew. Only the first to see it stale is told to.
    fn get(&self, room: &str, subject: &str, now_us: i64) -> Option<(Access, bool)> {
        let mut answers = self.lock();
        let access = answers.get_mut(&key(room, subject)).filter(|access| access.is_usable(now_us))?;
        let stale = access.good_until_us <= now_us;
        let answer = access.clone();
        if stale {
            access.good_until_us = now_us + GOOD_FOR_US;
        }
        Some((answer, stale))
    }

    fn put(&self, room: &str, subject: &str, access: Access, now_us: i64) {
        let mut answers = self.lock();
        if answers.len() >= MOST {
            answers.retain(|_, access| access.is_usable(now_us));
        }
        if answers.len() < MOST {
            answers.insert(key(room, subject), access);
        }
    }

    fn remove(&self, room: &str, subject: &str) {
        self.lock().remove(&key(room, subject));
    }

    fn forget(&self, room: RoomId) {
        self.lock().retain(|_, access| access.room != room);
    }

    /// One person, by whichever name of the room.
    fn forget_person(&self, room: RoomId, subject: &str) {
        let is_theirs = |key: &str| key.split_once('\n').is_some_and(|(_, of)| of == subject);
        self.lock().retain(|key, access| access.room != room || !is_theirs(key));
    }
}

async fn ask(channel: RpcChannel, context: &Context, room: &str, now_us: i64) -> Result<(Access, Decided)> {
    let request = context.request(GetAccessRequest { room: room.to_owned() });
    let reply = RoomServiceClient::new(channel).get_access(request).await?.into_inner();
    let unnamed = || rpc::Error::internal(anyhow::anyhow!("room-svc answered without naming the room"));
    let id = reply.room.as_ref().and_then(|room| room.id.parse().ok()).ok_or_else(unnamed)?;
    let decided = reply.room.as_ref().map(Decided::from).unwrap_or_default();
    let permissions = reply.permissions().collect();
    Ok((Access { room: id, permissions, good_until_us: now_us + GOOD_FOR_US }, decided))
}

impl From<&Room> for Decided {
    fn from(room: &Room) -> Self {
        Self { policy: room.policy.clone().unwrap_or_default(), owner_id: room.owner_id.clone() }
    }
}

/// Neither part has a line break: one is an id or a code, the other comes from a token of ours.
fn key(room: &str, subject: &str) -> String {
    format!("{room}\n{subject}")
}

impl Access {
    fn is_usable(&self, now_us: i64) -> bool {
        now_us < self.good_until_us - GOOD_FOR_US + USABLE_FOR_US
    }

    /// Whether this includes what a command needs.
    pub(crate) fn admits(&self, command: &Command) -> Result<()> {
        let permission = match command.action {
            Some(Action::ChangeItem(_) | Action::Next(_) | Action::Previous(_) | Action::Stop(_)) => {
                Permission::ChangeCurrentMedia
            }
            _ => Permission::PlayControl,
        };
        self.permissions.contains(&permission).then_some(()).ok_or(Error::PermissionMissing(permission))
    }
}

impl App {
    /// What the caller may do in a room, named by its id or code.
    pub(crate) async fn access(&self, context: &Context, room: &str) -> Result<Access> {
        let identity = context.identity()?;
        let now_us = self.clock.now_us();
        let access = if let Some((access, stale)) = self.access.get(room, &identity.subject_id, now_us) {
            if stale {
                self.refresh_access(identity, room);
            }
            access
        } else {
            let (access, _) = ask(self.room.clone(), context, room, now_us).await?;
            self.access.put(room, &identity.subject_id, access.clone(), now_us);
            access
        };
        if !identity.room_id.is_empty() && identity.room_id != access.room.to_string() {
            return Err(Error::TokenForAnotherRoom);
        }
        Ok(access)
    }

    /// Asks anew what the caller may do, and keeps it. Gives what the room decided.
    pub(super) async fn ask_access(&self, context: &Context, room: &str) -> Result<Decided> {
        let (subject, now_us) = (context.identity()?.subject_id.clone(), self.clock.now_us());
        match ask(self.room.clone(), context, room, now_us).await {
            Ok((access, decided)) => {
                self.access.put(room, &subject, access, now_us);
                Ok(decided)
            }
            Err(error) => {
                self.access.remove(room, &subject);
                Err(error)
            }
        }
    }

    /// Asks in the background; whoever may no longer do anything is forgotten.
    fn refresh_access(&self, identity: &Identity, room: &str) {
        let (answers, channel, now_us) = (self.access.clone(), self.room.clone(), self.clock.now_us());
        let (identity, room) = (identity.clone(), room.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(ASK_AFTER).await;
            let subject = identity.subject_id.clone();
            match ask(channel, &Context::on_behalf_of(identity), &room, now_us).await {
                Ok((access, _)) => answers.put(&room, &subject, access, now_us),
                Err(_) => answers.remove(&room, &subject),
            }
        });
    }

    /// Someone became a member, or something else than before, or is none any more. What the others may do stays.
    pub(super) fn forget_access_of(&self, room: RoomId, subject: &str) {
        self.access.forget_person(room, subject);
    }

    /// Something happened in the room that may change what people may do.
    pub(super) fn forget_access(&self, room: RoomId) {
        self.access.forget(room);
    }
}
