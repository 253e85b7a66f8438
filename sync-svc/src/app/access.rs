//! Who may do what in a room, as room-svc says; kept for a moment, since one person's commands come in bursts.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ids::RoomId;
use proto::{
    room::v1::{GetAccessRequest, Permission, room_service_client::RoomServiceClient},
    sync::v1::{Command, command::Action},
};
use rpc::Context;

use super::App;
use crate::error::{Error, Result};

/// How long an answer is good. Changes come as events of the room and end it sooner.
const GOOD_FOR_US: i64 = 3_000_000;
/// Answers kept at most.
const MOST: usize = 50_000;

/// What someone may do in a room.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) room: RoomId,
    permissions: Vec<Permission>,
    until_us: i64,
}

/// By the room, as its caller named it, and the person.
#[derive(Default)]
pub(super) struct AccessCache(Mutex<HashMap<String, Access>>);

impl AccessCache {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Access>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, room: &str, subject: &str, now_us: i64) -> Option<Access> {
        self.lock().get(&key(room, subject)).filter(|access| access.until_us > now_us).cloned()
    }

    fn put(&self, room: &str, subject: &str, access: Access, now_us: i64) {
        let mut answers = self.lock();
        if answers.len() >= MOST {
            answers.retain(|_, access| access.until_us > now_us);
        }
        if answers.len() < MOST {
            answers.insert(key(room, subject), access);
        }
    }

    fn forget(&self, room: RoomId) {
        self.lock().retain(|_, access| access.room != room);
    }
}

/// Neither part has a line break: one is an id or a code, the other comes from a token of ours.
fn key(room: &str, subject: &str) -> String {
    format!("{room}\n{subject}")
}

impl Access {
    /// Whether this includes what a command needs.
    pub(crate) fn admits(&self, command: &Command) -> Result<()> {
        let (permission, name) = match command.action {
            Some(Action::ChangeItem(_) | Action::Next(_) | Action::Previous(_) | Action::Stop(_)) => {
                (Permission::ChangeCurrentMedia, "choosing what plays (change_current_media)")
            }
            _ => (Permission::PlayControl, "controlling the playback (play_control)"),
        };
        if self.permissions.contains(&permission) { Ok(()) } else { Err(Error::PermissionMissing(name)) }
    }
}

impl App {
    /// What the caller may do in a room, named by its id or code.
    pub(crate) async fn access(&self, context: &Context, room: &str) -> Result<Access> {
        let identity = context.identity()?;
        let now_us = self.clock.now_us();
        let access = if let Some(access) = self.access.get(room, &identity.subject_id, now_us) {
            access
        } else {
            let access = self.ask_access(context, room, now_us).await?;
            self.access.put(room, &identity.subject_id, access.clone(), now_us);
            access
        };
        if !identity.room_id.is_empty() && identity.room_id != access.room.to_string() {
            return Err(Error::TokenForAnotherRoom);
        }
        Ok(access)
    }

    async fn ask_access(&self, context: &Context, room: &str, now_us: i64) -> Result<Access> {
        let request = context.request(GetAccessRequest { room: room.to_owned() });
        let reply = RoomServiceClient::new(self.room.clone()).get_access(request).await?.into_inner();
        let unnamed = || rpc::Error::internal(anyhow::anyhow!("room-svc answered without naming the room"));
        let id = reply.room.as_ref().and_then(|room| room.id.parse().ok()).ok_or_else(unnamed)?;
        Ok(Access { room: id, permissions: reply.permissions().collect(), until_us: now_us + GOOD_FOR_US })
    }

    /// Something happened in the room that may change what people may do.
    pub(super) fn forget_access(&self, room: RoomId) {
        self.access.forget(room);
    }
}
