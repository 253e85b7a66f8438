//! Creates and redeems tickets for the WebSocket.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ids::RoomId;
use proto::common::v1::Identity;

use crate::{
    app::App,
    domain::{Access, Caller, RoomKey, Ticket, TicketHolder},
    error::{Error, Result},
};

const LIFETIME: TimeDelta = TimeDelta::seconds(30);

impl App {
    /// A ticket for a member, valid once for their room, and when it expires.
    pub(crate) async fn create_ticket(
        &self,
        caller: &Caller,
        room: &RoomKey,
    ) -> Result<(Ticket, DateTime<Utc>)> {
        let access = self.get_access(caller, room).await?;
        self.keep_seat(caller, &access.room).await?;
        self.issue_ticket(caller, access.room.id).await
    }

    /// As `create_ticket`, for someone who is known to be a member.
    pub(super) async fn issue_ticket(
        &self,
        member: &Caller,
        room: RoomId,
    ) -> Result<(Ticket, DateTime<Utc>)> {
        let holder = TicketHolder { room, identity: member.identity().clone() };
        let ticket = Ticket::random();
        let ttl = LIFETIME.to_std().unwrap_or(Duration::ZERO);
        self.keys.put(&ticket.key(), holder.encode(), ttl).await?;
        Ok((ticket, self.clock.now() + LIFETIME))
    }

    /// The person for whom a ticket was created, if they are still a member. The ticket is consumed in any case.
    pub(crate) async fn redeem_ticket(&self, room: &RoomKey, ticket: &Ticket) -> Result<(Identity, Access)> {
        let kept = self.keys.take(&ticket.key()).await?.ok_or(Error::TicketInvalid)?;
        let holder = TicketHolder::decode(&kept)?;
        let caller = Caller::try_from(holder.identity.clone())?;
        let access = self.get_access(&caller, room).await.map_err(|error| match error {
            // A ticket reveals nothing about a room for which it was not created.
            Error::RoomNotFound(_) | Error::NotAMember | Error::TokenForAnotherRoom => Error::TicketInvalid,
            error => error,
        })?;
        if access.room.id != holder.room {
            return Err(Error::TicketInvalid);
        }
        access.room.must_be_open()?;
        Ok((holder.identity, access))
    }
}
