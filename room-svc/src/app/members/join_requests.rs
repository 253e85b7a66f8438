//! Requests to be let in: listed, decided, withdrawn.

use chrono::TimeDelta;
use ids::SubjectId;
use proto::room::v1::{DecideJoinRequestRequest, JoinRequestsChanged, Permission, room_event::Kind};

use crate::{
    app::App,
    domain::{ASK_AGAIN_AFTER, Caller, JoinRequest, RoomKey},
    error::{Error, Result},
    store::join_requests,
};

impl App {
    /// The requests that wait, for those who may decide.
    pub(crate) async fn list_join_requests(
        &self,
        caller: &Caller,
        room: &RoomKey,
    ) -> Result<Vec<JoinRequest>> {
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ApproveJoin)?;
        join_requests::waiting(&self.pool, access.room.id, 100).await
    }

    /// Lets a person in, or declines. The first decision, or the withdrawal before it, counts.
    pub(crate) async fn decide_join_request(
        &self,
        caller: &Caller,
        room: &RoomKey,
        subject: SubjectId,
        request: &DecideJoinRequestRequest,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let by = unit.need(Permission::ApproveJoin)?.display_name.clone();
        let wait = match request.retry_after_seconds {
            0 => ASK_AGAIN_AFTER,
            seconds => TimeDelta::seconds(seconds.into()),
        };
        let declined_until = (!request.approve).then(|| unit.now() + wait);
        if !join_requests::decide(&mut unit, subject, &by, declined_until).await? {
            return Err(Error::JoinRequestNotFound);
        }
        unit.commit(Kind::JoinRequestsChanged(JoinRequestsChanged {})).await
    }

    /// Withdraws the request of the caller, who is no member. One that was approved meanwhile is withdrawn, too.
    pub(crate) async fn cancel_join_request(&self, caller: &Caller, room: &RoomKey) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        if join_requests::remove(&mut unit, caller.id).await? {
            unit.commit(Kind::JoinRequestsChanged(JoinRequestsChanged {})).await?;
        }
        Ok(())
    }
}
