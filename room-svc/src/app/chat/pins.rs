//! Pinned messages.

use ids::MessageId;
use proto::room::v1::{Permission, Person, PinChanged, chat_change};

use crate::{
    app::{App, unit::Unit},
    domain::{Caller, Member, Message, RoomKey, chat_changed},
    error::{Error, Result},
    store::chat::{changes, pins},
};

/// Pinned messages of one room.
const MOST: usize = 50;

impl App {
    /// Pins a message.
    pub(crate) async fn pin_message(&self, caller: &Caller, room: &RoomKey, id: MessageId) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let member = unit.need(Permission::DeleteChat)?.clone();
        if unit.message(id).await?.pinned {
            return Ok(());
        }
        if usize::try_from(pins::count(&mut unit).await?).is_ok_and(|count| count >= MOST) {
            return Err(Error::ChatListFull { list: "pins", max: MOST });
        }
        pins::insert(&mut unit, id, caller.id).await?;
        announce(unit, id, &member, true).await
    }

    /// Unpins a message.
    pub(crate) async fn unpin_message(&self, caller: &Caller, room: &RoomKey, id: MessageId) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let member = unit.need(Permission::DeleteChat)?.clone();
        if pins::remove(&mut unit, id).await? { announce(unit, id, &member, false).await } else { Ok(()) }
    }

    /// The pinned messages, last pinned first.
    pub(crate) async fn list_pins(&self, caller: &Caller, room: &RoomKey) -> Result<Vec<Message>> {
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewChatHistory)?;
        let mut tx = self.snapshot().await?;
        let mut pinned = pins::list(&mut *tx, access.room.id).await?;
        super::complete(&mut tx, access.room.id, Some(caller.id), &mut pinned).await?;
        Ok(pinned)
    }
}

async fn announce(mut unit: Unit<'_>, id: MessageId, member: &Member, pinned: bool) -> Result<()> {
    let revision = changes::record(&mut unit, id, Some(member.subject_id.to_string())).await?;
    let person =
        Person { subject_id: member.subject_id.to_string(), display_name: member.display_name.clone() };
    let change = PinChanged { message_id: id.to_string(), pinned, person: Some(person) };
    unit.commit(chat_changed(revision, chat_change::Kind::Pin(change))).await
}
