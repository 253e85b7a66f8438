//! Makes tickets and takes them back.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ids::RoomId;
use proto::common::v1::Identity;

use super::App;
use crate::{
    domain::{Access, RoomKey, Ticket, TicketHolder},
    error::{Error, Result},
};

const GOOD_FOR: TimeDelta = TimeDelta::seconds(30);

impl App {
    /// A ticket for a member, good once for their room, and until when.
    pub(crate) async fn create_ticket(
        &self,
        caller: &Identity,
        room: &RoomKey,
    ) -> Result<(Ticket, DateTime<Utc>)> {
        let access = self.get_access(caller, room).await?;
        self.issue_ticket(caller, access.room.id).await
    }

    /// For someone who is known to be a member.
    pub(super) async fn issue_ticket(
        &self,
        member: &Identity,
        room: RoomId,
    ) -> Result<(Ticket, DateTime<Utc>)> {
        let holder = TicketHolder { room, identity: member.clone() };
        let ticket = Ticket::random();
        let ttl = GOOD_FOR.to_std().unwrap_or(Duration::ZERO);
        self.keys.put(&ticket.key(), holder.encode(), ttl).await?;
        Ok((ticket, self.clock.now() + GOOD_FOR))
    }

    /// Whom a ticket was made for, if they are still a member. It is used up, whatever comes of it.
    pub(crate) async fn redeem_ticket(&self, room: &RoomKey, ticket: &Ticket) -> Result<(Identity, Access)> {
        let kept = self.keys.take(&ticket.key()).await?.ok_or(Error::TicketInvalid)?;
        let holder = TicketHolder::decode(&kept)?;
        let access = self.get_access(&holder.identity, room).await.map_err(|error| match error {
            // Of a room that the ticket is not for, it tells nothing.
            Error::RoomNotFound(_) | Error::NotAMember | Error::TokenForAnotherRoom => Error::TicketInvalid,
            error => error,
        })?;
        if access.room.id != holder.room {
            return Err(Error::TicketInvalid);
        }
        Ok((holder.identity, access))
    }
}
