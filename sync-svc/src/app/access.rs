//! Permissions of people in rooms, as room-svc says. Cached, because one person's commands come in bursts.

use std::{collections::HashMap, time::Duration};

use ids::RoomId;
use parking_lot::{Mutex, MutexGuard};
use proto::{
    room::v1::{GetAccessRequest, Permission, Room, member_service_client::MemberServiceClient},
    sync::v1::{Command, command::Action},
};
use rpc::{Context, Identity, RpcChannel};

use super::App;
use crate::{
    error::{Error, Result},
    playback::RoomSettings,
};

/// How long an answer of room-svc may be used. An event of the room that changes it ends it sooner.
#[derive(Debug, Clone, Copy)]
struct Lifetime {
    /// After this time the next use refreshes the answer.
    good_us: i64,
    /// Until then the answer is used while it is refreshed, so that a command does not wait for room-svc.
    usable_us: i64,
}

/// Every change reaches a single replica as an event. The age is bounded all the same.
const OF_THE_ONLY_REPLICA: Lifetime = Lifetime { good_us: 60_000_000, usable_us: 600_000_000 };
/// room-svc delivers each event to one replica, so the others only learn of a change by asking.
const OF_SEVERAL_REPLICAS: Lifetime = Lifetime { good_us: 3_000_000, usable_us: 60_000_000 };
/// Delay of a refresh. The command that found its answer stale goes first: on few cores the refresh would compete with its
/// delivery.
const ASK_AFTER: Duration = Duration::from_millis(50);
/// By how much the clock of a gateway may be behind.
const CLOCKS_DIFFER_US: i64 = 100_000;
/// Cached answers at most.
const MOST: usize = 50_000;
/// A call of room-svc is answered or has failed by then.
const QUESTIONS_LAST_US: i64 = 60_000_000;
/// Remembered changes of rooms; above this number old ones are forgotten.
const MOST_CHANGES: usize = 1000;

/// The permissions of a person in a room.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) room: RoomId,
    subject: String,
    permissions: Vec<Permission>,
    asked_at_us: i64,
    /// When the last refresh began.
    renewed_at_us: i64,
}

/// Keyed by the room, as the caller named it, and the person.
pub(super) struct AccessCache {
    known: Mutex<Known>,
    lifetime: Lifetime,
}

#[derive(Default)]
struct Known {
    answers: HashMap<String, Access>,
    /// When the access of a person last changed, by room and person; the empty id stands for everyone in the room. An answer to an
    /// earlier question may be stale.
    changed_at_us: HashMap<RoomId, HashMap<String, i64>>,
}

impl Known {
    /// When the access of this person last changed; 0: no change is known.
    fn changed_at_us(&self, access: &Access) -> i64 {
        let Some(changes) = self.changed_at_us.get(&access.room) else { return 0 };
        let at_us = |subject: &str| changes.get(subject).copied().unwrap_or_default();
        at_us("").max(at_us(&access.subject))
    }
}

impl AccessCache {
    pub(super) fn new(has_other_replicas: bool) -> Self {
        let lifetime = if has_other_replicas { OF_SEVERAL_REPLICAS } else { OF_THE_ONLY_REPLICA };
        Self { known: Mutex::default(), lifetime }
    }

    fn is_usable(&self, access: &Access, now_us: i64) -> bool {
        now_us < access.asked_at_us + self.lifetime.usable_us
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock()
    }

    /// An answer that may be used, and whether the caller has to refresh it. Only the first caller has to.
    fn get(&self, room: &str, subject: &str, now_us: i64) -> Option<(Access, bool)> {
        let mut known = self.lock();
        let access =
            known.answers.get_mut(&key(room, subject)).filter(|access| self.is_usable(access, now_us))?;
        let stale = access.renewed_at_us + self.lifetime.good_us <= now_us;
        if stale {
            access.renewed_at_us = now_us;
        }
        Some((access.clone(), stale))
    }

    fn put(&self, room: &str, subject: &str, access: Access, now_us: i64) {
        let mut known = self.lock();
        if known.changed_at_us(&access) >= access.asked_at_us && known.changed_at_us(&access) > 0 {
            return;
        }
        let answers = &mut known.answers;
        if answers.len() >= MOST {
            answers.retain(|_, access| self.is_usable(access, now_us));
        }
        if answers.len() < MOST {
            answers.insert(key(room, subject), access);
        }
    }

    /// Whether an event has changed something in the room since this answer was asked for.
    fn changed_since(&self, access: &Access) -> bool {
        self.lock().changed_at_us(access) > access.asked_at_us
    }

    fn remove(&self, room: &str, subject: &str) {
        self.lock().answers.remove(&key(room, subject));
    }

    /// Something changed in a room for one person, or for everyone. Forgets the answers under every name of the room.
    fn changed(&self, room: RoomId, subject: Option<&str>, now_us: i64) {
        let Known { answers, changed_at_us } = &mut *self.lock();
        let is_theirs = |key: &str| {
            subject.is_none_or(|subject| key.split_once('\n').is_some_and(|(_, of)| of == subject))
        };
        answers.retain(|key, access| access.room != room || !is_theirs(key));
        let is_recent = |changed_us: &i64| now_us < *changed_us + QUESTIONS_LAST_US;
        if changed_at_us.len() >= MOST_CHANGES {
            changed_at_us.retain(|_, changes| changes.values().any(is_recent));
        }
        let changes = changed_at_us.entry(room).or_default();
        if changes.len() >= MOST_CHANGES {
            changes.retain(|_, changed_us| is_recent(changed_us));
        }
        changes.insert(subject.unwrap_or_default().to_owned(), now_us);
    }
}

async fn ask(
    channel: RpcChannel,
    context: &Context,
    room: &str,
    now_us: i64,
) -> Result<(Access, RoomSettings)> {
    let request = context.request(GetAccessRequest { room: room.to_owned() });
    let reply = MemberServiceClient::new(channel).get_access(request).await?.into_inner();
    let unnamed = || rpc::Error::internal(anyhow::anyhow!("room-svc answered without naming the room"));
    let id = reply.room.as_ref().and_then(|room| room.id.parse().ok()).ok_or_else(unnamed)?;
    let settings = reply.room.as_ref().map(RoomSettings::from).unwrap_or_default();
    let permissions = reply.permissions().collect();
    let subject = context.identity()?.subject_id.clone();
    Ok((Access { room: id, subject, permissions, asked_at_us: now_us, renewed_at_us: now_us }, settings))
}

impl From<&Room> for RoomSettings {
    fn from(room: &Room) -> Self {
        Self {
            policy: room.policy.clone().unwrap_or_default(),
            owner_id: room.owner_id.clone(),
            queue: room.queue.unwrap_or_default(),
            auto_start_at_us: room.starts_at.filter(|_| room.auto_start).map_or(0, micros),
        }
    }
}

fn micros(at: prost_types::Timestamp) -> i64 {
    at.seconds.saturating_mul(1_000_000).saturating_add(i64::from(at.nanos / 1000))
}

/// Neither part has a line break: one is an id or a code, the other is from a token of ours.
fn key(room: &str, subject: &str) -> String {
    format!("{room}\n{subject}")
}

/// The permission that a command needs.
pub(crate) fn permission_for(command: &Command) -> Permission {
    match command.action {
        Some(Action::ChangeItem(_) | Action::Next(_) | Action::Previous(_) | Action::Stop(_)) => {
            Permission::ChangeCurrentMedia
        }
        Some(Action::VoteSkip(_)) => Permission::Vote,
        Some(
            Action::Play(_)
            | Action::Pause(_)
            | Action::Seek(_)
            | Action::SeekBy(_)
            | Action::UndoSeek(_)
            | Action::SetRate(_),
        )
        | None => Permission::PlayControl,
    }
}

impl Access {
    /// Fails without a permission.
    fn need(&self, permission: Permission) -> Result<()> {
        self.permissions.contains(&permission).then_some(()).ok_or(Error::PermissionMissing(permission))
    }
}

impl App {
    /// The permissions of the caller in a room, which is named by its id or code.
    /// An answer that was asked for before `changed_us` is not used: the caller knows of a change since then.
    pub(crate) async fn access(&self, context: &Context, room: &str, changed_us: i64) -> Result<Access> {
        self.known_access(context, room, changed_us).await.map(|(access, _)| access)
    }

    /// As [`Self::access`], with whether room-svc was asked just now.
    async fn known_access(&self, context: &Context, room: &str, changed_us: i64) -> Result<(Access, bool)> {
        let identity = context.identity()?;
        let now_us = self.clock.now_us();
        let known = self.access.get(room, &identity.subject_id, now_us);
        let known =
            known.filter(|(access, _)| changed_us == 0 || access.asked_at_us > changed_us + CLOCKS_DIFFER_US);
        let (access, is_fresh) = if let Some((access, stale)) = known {
            if stale {
                self.refresh_access(identity, room);
            }
            (access, false)
        } else {
            let (access, _) = ask(self.room.clone(), context, room, now_us).await?;
            self.access.put(room, &identity.subject_id, access.clone(), now_us);
            (access, true)
        };
        if !identity.room_id.is_empty() && identity.room_id != access.room.to_string() {
            return Err(Error::TokenForAnotherRoom);
        }
        Ok((access, is_fresh))
    }

    /// As [`Self::access`], and fails without a permission. A cached answer never refuses: the permission may have been granted
    /// since, and the event of that may not have arrived yet.
    pub(crate) async fn access_with(
        &self,
        context: &Context,
        room: &str,
        changed_us: i64,
        permission: Permission,
    ) -> Result<Access> {
        let (access, is_fresh) = self.known_access(context, room, changed_us).await?;
        if is_fresh || access.need(permission).is_ok() {
            return access.need(permission).map(|()| access);
        }
        self.access.remove(room, &context.identity()?.subject_id);
        let access = self.access(context, room, changed_us).await?;
        access.need(permission).map(|()| access)
    }

    /// Refreshes the permissions of the caller. Returns the settings of the room, which the same answer has.
    pub(super) async fn ask_access(&self, context: &Context, room: &str) -> Result<RoomSettings> {
        let (subject, now_us) = (context.identity()?.subject_id.clone(), self.clock.now_us());
        match ask(self.room.clone(), context, room, now_us).await {
            Ok((access, settings)) => {
                self.access.put(room, &subject, access, now_us);
                Ok(settings)
            }
            Err(error) => {
                self.access.remove(room, &subject);
                Err(error)
            }
        }
    }

    /// Refreshes an answer in the background. Forgets it when the person is no member any more.
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

    /// Whether the permissions of a person may have changed since they were asked for.
    pub(super) fn access_changed_since(&self, access: &Access) -> bool {
        self.access.changed_since(access)
    }

    /// The permissions of one person may have changed.
    pub(super) fn forget_access_of(&self, room: RoomId, subject: &str) {
        self.access.changed(room, Some(subject), self.clock.now_us());
    }

    /// The permissions of everyone in the room may have changed.
    pub(super) fn forget_access(&self, room: RoomId) {
        self.access.changed(room, None, self.clock.now_us());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Issue 8, build 6: no question to another service on the way of a command.
    #[test]
    fn one_caller_renews_a_stale_answer_when_events_may_be_missing() {
        const SECOND_US: i64 = 1_000_000;
        let access = Access {
            room: RoomId::new(),
            subject: "person".into(),
            permissions: vec![],
            asked_at_us: 0,
            renewed_at_us: 0,
        };
        let stale = |cache: &AccessCache, seconds| {
            cache.get("room", "person", seconds * SECOND_US).map(|(_, stale)| stale)
        };
        let only = AccessCache::new(false);
        only.put("room", "person", access.clone(), 0);
        assert_eq!(
            [59, 60, 61, 599, 600].map(|at| stale(&only, at)),
            [Some(false), Some(true), Some(false), Some(true), None]
        );
        let one_of_several = AccessCache::new(true);
        one_of_several.put("room", "person", access.clone(), 0);
        assert_eq!(
            [2, 3, 4, 59, 60].map(|at| stale(&one_of_several, at)),
            [Some(false), Some(true), Some(false), Some(true), None]
        );
        only.put("room", "person", access.clone(), 0);
        only.changed(access.room, Some("another"), SECOND_US);
        assert_eq!(stale(&only, 1), Some(false), "what the others may do stays");
        assert!(!only.changed_since(&access), "and their commands are decided by it");
        only.changed(access.room, Some("person"), SECOND_US);
        assert_eq!(stale(&only, 1), None, "an event ends it at once");
        assert!(only.changed_since(&access));
        only.put("room", "person", access, SECOND_US);
        assert_eq!(stale(&only, 1), None, "the question was asked before the change");
    }
}
