//! Reactions to messages.

use ids::MessageId;
use proto::room::v1::{Permission, Person, ReactionChanged, chat_change};

use crate::{
    app::App,
    domain::{Caller, Member, RoomKey, chat_changed},
    error::{Error, Result},
    store::chat::{changes, reactions},
};

/// Different reactions to one message.
const MOST_KEYS: usize = 20;

impl App {
    /// Adds the caller's reaction to a message.
    pub(crate) async fn add_reaction(
        &self,
        caller: &Caller,
        room: &RoomKey,
        id: MessageId,
        key: &str,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let member = unit.need(Permission::React)?.clone();
        self.ensure_chat_is_on(unit.room())?;
        unit.message(id).await?;
        let counts = reactions::counts(&mut unit, id, key).await?;
        let is_full = usize::try_from(counts.keys).is_ok_and(|keys| keys >= MOST_KEYS);
        if counts.of_key == 0 && is_full {
            return Err(Error::ChatListFull { list: "reactions", max: MOST_KEYS });
        }
        if !reactions::insert(&mut unit, id, key, &member).await? {
            return Ok(());
        }
        let revision = changes::record(&mut unit, id, None).await?;
        let change = changed(id, key, &member, true, counts.of_key + 1);
        unit.commit(chat_changed(revision, chat_change::Kind::Reaction(change))).await
    }

    /// Removes the caller's reaction from a message.
    pub(crate) async fn remove_reaction(
        &self,
        caller: &Caller,
        room: &RoomKey,
        id: MessageId,
        key: &str,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let member = unit.member()?.clone();
        if !reactions::remove(&mut unit, id, key, member.subject_id).await? {
            return Ok(());
        }
        let counts = reactions::counts(&mut unit, id, key).await?;
        let revision = changes::record(&mut unit, id, None).await?;
        let change = changed(id, key, &member, false, counts.of_key);
        unit.commit(chat_changed(revision, chat_change::Kind::Reaction(change))).await
    }
}

fn changed(id: MessageId, key: &str, member: &Member, added: bool, count: i32) -> ReactionChanged {
    let person =
        Person { subject_id: member.subject_id.to_string(), display_name: member.display_name.clone() };
    ReactionChanged { message_id: id.to_string(), key: key.to_owned(), person: Some(person), added, count }
}
