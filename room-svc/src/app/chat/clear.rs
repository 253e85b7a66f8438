//! Deletes all messages of a person.

use ids::SubjectId;
use proto::room::v1::{MessagesCleared, Permission, Role, chat_change};

use crate::{
    app::App,
    domain::{Caller, RoomKey, chat_changed, need_rank_above},
    error::Result,
    store::{
        chat::{changes, messages},
        members,
    },
};

impl App {
    /// Deletes all messages of a person as one change. Returns how many. The person must rank below the caller, or be the
    /// caller.
    pub(crate) async fn clear_messages(
        &self,
        caller: &Caller,
        room: &RoomKey,
        subject: SubjectId,
    ) -> Result<i64> {
        let mut unit = self.open(room, caller).await?;
        let moderator = unit.need(Permission::DeleteChat)?.clone();
        if subject != caller.id {
            let room = unit.room().clone();
            let target = members::standing(unit.db(), &room.id.into(), subject).await?.1;
            let role =
                if room.owner_id == subject { Some(Role::Owner) } else { target.map(|member| member.role) };
            // Who is no member any more has no rank.
            role.map_or(Ok(()), |role| need_rank_above(&moderator, role))?;
        }
        let Some((last, count)) = messages::delete_all(&mut unit, subject).await? else { return Ok(0) };
        let (author_id, deleted_by) = (subject.to_string(), caller.id.to_string());
        let revision =
            changes::record_for(&mut unit, last, Some(author_id.clone()), Some(deleted_by.clone())).await?;
        let cleared = MessagesCleared { author_id, up_to_message_id: last.to_string(), deleted_by };
        unit.commit(chat_changed(revision, chat_change::Kind::Cleared(cleared))).await?;
        Ok(count)
    }
}
