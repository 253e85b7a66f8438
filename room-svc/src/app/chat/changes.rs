//! Reads the changes that a client missed.

use std::collections::{HashMap, HashSet};

use ids::MessageId;
use proto::room::v1::{
    ChatChange, ChatMessage, ListChangesResponse, MessageDeleted, MessagesCleared, Permission,
    chat_change::Kind,
};
use uuid::Uuid;

use super::complete;
use crate::{
    app::App,
    domain::{Caller, Message, RoomKey},
    error::Result,
    store::chat::{changes, changes::Change, messages},
};

/// Changes of one response.
const PAGE: usize = 200;
/// Who missed more than this starts again from the newest page: that is less to read.
const MOST_MISSED: i64 = 1000;

/// What happened at one revision.
#[expect(clippy::large_enum_variant, reason = "a page of them at most, each turned into a reply at once")]
enum Step {
    Sent(Message),
    Changed(Change),
}

impl App {
    /// The changes after a revision, in order. Messages are as they are now, so a message that changed more than once is
    /// there once, at its first change.
    pub(crate) async fn list_changes(
        &self,
        caller: &Caller,
        room: &RoomKey,
        after: i64,
    ) -> Result<ListChangesResponse> {
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewChatHistory)?;
        let room = access.room.id;
        let mut tx = self.snapshot().await?;
        let newest = changes::revision(&mut *tx, room).await?;
        // A later revision than ours: the database was restored from a backup.
        if newest - after > MOST_MISSED || after > newest {
            return Ok(ListChangesResponse { revision: newest, restart: true, ..Default::default() });
        }
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
        let sent = messages::list_since(&mut *tx, room, after, limit).await?;
        let changed = changes::list(&mut *tx, room, after, limit).await?;
        let sent = sent.into_iter().map(|message| (message.revision, Step::Sent(message)));
        let changed = changed.into_iter().map(|change| (change.revision, Step::Changed(change)));
        let mut steps: Vec<_> = sent.chain(changed).collect();
        steps.sort_by_key(|(revision, _)| *revision);
        let has_more = steps.len() > PAGE;
        steps.truncate(PAGE);
        let last = steps.last().map(|(revision, _)| *revision);

        let ids: Vec<Uuid> = steps.iter().filter_map(|(_, step)| step.message()).collect();
        let mut found = messages::get_many(&mut *tx, room, &ids).await?;
        complete(&mut tx, room, Some(caller.id), &mut found).await?;
        let mut found: HashMap<Uuid, Message> =
            found.into_iter().map(|message| (message.id.uuid(), message)).collect();
        let mut told = HashSet::new();
        let mut kinds = Vec::new();
        for (revision, step) in steps {
            if let Some(kind) = kind_of(step, &mut found, &mut told) {
                kinds.push(ChatChange { revision, kind: Some(kind) });
            }
        }
        let revision = last.filter(|_| has_more).unwrap_or(newest);
        Ok(ListChangesResponse { changes: kinds, revision, has_more, restart: false })
    }
}

impl Step {
    /// The message that is read again for this step.
    fn message(&self) -> Option<Uuid> {
        match self {
            Self::Sent(message) => Some(message.id.uuid()),
            Self::Changed(change) => change.author_id.is_none().then_some(change.message_id),
        }
    }
}

/// What a step tells; `None`: nothing, because the message was told before or is no longer stored.
fn kind_of(step: Step, found: &mut HashMap<Uuid, Message>, told: &mut HashSet<Uuid>) -> Option<Kind> {
    let (id, is_new, by) = match step {
        Step::Sent(message) => (message.id.uuid(), true, None),
        Step::Changed(Change { author_id: Some(author_id), message_id, changed_by, .. }) => {
            let up_to_message_id = MessageId::from(message_id).to_string();
            let deleted_by = changed_by.unwrap_or_default();
            return Some(Kind::Cleared(MessagesCleared { author_id, up_to_message_id, deleted_by }));
        }
        Step::Changed(change) => (change.message_id, false, change.changed_by),
    };
    if !told.insert(id) {
        return None;
    }
    let message = found.remove(&id)?;
    Some(if is_new {
        Kind::Sent(ChatMessage::from(message))
    } else if message.deleted_at.is_some() {
        let message_id = message.id.to_string();
        Kind::Deleted(MessageDeleted { message_id, deleted_by: by.unwrap_or_default() })
    } else {
        Kind::Updated(ChatMessage::from(message))
    })
}
