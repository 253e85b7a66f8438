//! Votes for the item that plays next.

use ids::{ItemId, RoomId, SubjectId};
use proto::room::v1::{ItemVotes, Permission, QueueMode, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, RoomKey},
    error::{Error, Result},
    store::{members, votes},
};

impl App {
    /// Adds or withdraws the caller's vote for an item. Returns the votes for it.
    pub(crate) async fn vote_for_item(
        &self,
        caller: &Caller,
        room: &RoomKey,
        item: ItemId,
        withdraw: bool,
    ) -> Result<ItemVotes> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::Vote)?;
        if unit.room().queue().mode() != QueueMode::Vote {
            return Err(Error::VotingOff);
        }
        unit.item(item).await?;
        let changed = if withdraw {
            votes::remove(&mut unit, item, caller.id).await?
        } else {
            votes::insert(&mut unit, item, caller.id).await?
        };
        let id = unit.room_id();
        let now = votes::of(unit.db(), id, item).await?;
        if changed {
            unit.commit(Kind::VotesChanged(now.clone())).await?;
        }
        Ok(now)
    }

    /// The votes of a room, for a member.
    pub(crate) async fn list_votes(&self, caller: &Caller, room: &RoomKey) -> Result<Vec<ItemVotes>> {
        let access = self.get_access(caller, room).await?;
        votes::list(&self.pool, access.room.id).await
    }

    /// The votes of a room.
    pub(crate) async fn get_votes(&self, room: RoomId) -> Result<Vec<ItemVotes>> {
        votes::list(&self.pool, room).await
    }

    /// Those of these people who may vote.
    pub(crate) async fn list_voters(&self, room: RoomId, people: &[SubjectId]) -> Result<Vec<SubjectId>> {
        let members = members::some(&self.pool, room, people).await?;
        let voters = members.into_iter().filter(|member| member.need(Permission::Vote).is_ok());
        Ok(voters.map(|member| member.subject_id).collect())
    }
}
