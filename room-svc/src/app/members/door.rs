//! What stands between a person and a room that they have not joined.

use chrono::{DateTime, Utc};
use proto::room::v1::{AccessState, Role};
use sqlx::PgConnection;

use crate::{
    app::App,
    domain::{
        Caller, Facts, Invite, JoinDecision, JoinRequest, Room, RoomKey, RoomPassword, Traces, View, view,
    },
    error::{Error, Result},
    store::{bars, invites, join_requests, passwords, rooms},
};

/// What a person brings to the door.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) traces: Traces,
    /// The record that their password opened.
    pub(super) password: Option<RoomPassword>,
    /// The code of an invite.
    pub(super) invite: Option<String>,
}

/// What a person meets at the door of a room that they are no member of.
pub(super) enum Door {
    Open(Option<Invite>),
    Missing(AccessState, Option<JoinRequest>),
}

/// What a person has to do with a room that they have not joined.
struct Ties {
    /// The invite that they name, usable or not.
    invite: Option<Invite>,
    /// Their request, whatever became of it.
    request: Option<JoinRequest>,
}

impl App {
    /// Fails, as for a room that does not exist, when a person who has not joined this room does not find it. `key` is how they
    /// name the room.
    pub(in crate::app) async fn must_find(
        db: &mut PgConnection,
        (key, room): (&RoomKey, &Room),
        caller: &Caller,
        invite: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if !is_hidden(room, caller) {
            return Ok(());
        }
        ties(db, (key, room), caller, invite, now).await?;
        Ok(())
    }

    /// As [`App::must_find`], outside of a transaction.
    pub(in crate::app) async fn must_find_now(
        &self,
        (key, room): (&RoomKey, &Room),
        caller: &Caller,
        invite: Option<&str>,
    ) -> Result<()> {
        if !is_hidden(room, caller) {
            return Ok(());
        }
        let mut db = self.pool.acquire().await?;
        ties(&mut db, (key, room), caller, invite, self.clock.now()).await?;
        Ok(())
    }
}

/// Whether the person finds the room by an invite or a request alone. Most rooms are found by anyone, which needs no query.
fn is_hidden(room: &Room, caller: &Caller) -> bool {
    view(room, Facts { joined: room.owner_id == caller.id, ..Facts::default() }) == View::Nothing
}

/// Fails as for a room that does not exist when the person does not find it.
async fn ties(
    db: &mut PgConnection,
    (key, room): (&RoomKey, &Room),
    caller: &Caller,
    invite: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Ties> {
    let invite = match invite {
        Some(code) => invites::get(&mut *db, code).await?.filter(|invite| invite.room == room.id),
        None => None,
    };
    let request = join_requests::of(&mut *db, room.id, caller.id).await?;
    let facts = Facts {
        joined: room.owner_id == caller.id,
        asked: request.as_ref().and_then(|request| request.asked(now)),
        ..Facts::default()
    };
    if view(room, facts) == View::Nothing {
        // The holder of an invite that is over knows the room, and is told so.
        invite.as_ref().ok_or_else(|| rooms::not_found(key))?.usable(now)?;
    }
    Ok(Ties { invite, request })
}

/// The one order of what stands between a person and a room. An owner who has left may always come back.
pub(super) async fn door(
    db: &mut PgConnection,
    (key, room): (&RoomKey, &Room),
    caller: &Caller,
    brought: &Brought,
    now: DateTime<Utc>,
) -> Result<Door> {
    let Ties { invite, request } =
        ties(&mut *db, (key, room), caller, brought.invite.as_deref(), now).await?;
    room.must_be_open()?;
    if room.owner_id == caller.id {
        return Ok(Door::Open(None));
    }
    if let Some(bar) = bars::of(&mut *db, room.id, caller.id, &brought.traces, now).await? {
        return Err(Error::KeptOut(Box::new(bar)));
    }
    if caller.as_member(now).role == Role::Guest && room.settings.guests_forbidden {
        return Err(Error::GuestsNotAllowed);
    }
    match (&invite, &brought.invite) {
        (Some(invite), _) => invite.usable(now)?,
        (None, Some(code)) => return Err(Error::InviteNotFound(code.clone())),
        (None, None) => {}
    }
    match request.as_ref().map(|request| &request.decision) {
        // They gave the password when they asked.
        Some(JoinDecision::Approved) => return Ok(Door::Open(invite)),
        Some(JoinDecision::Declined { by_name, until }) if invite.is_none() && now < *until => {
            return Err(Error::JoinDeclined { by: by_name.clone(), until: *until });
        }
        Some(JoinDecision::Waits) if invite.as_ref().is_none_or(|invite| !invite.skips_approval) => {
            return Ok(Door::Missing(AccessState::Pending, request));
        }
        _ => {}
    }
    // A password that was changed since it was proved is none.
    if invite.is_none() {
        let password = passwords::get(&mut *db, room.id).await?;
        if password.is_some() && password != brought.password {
            return Ok(Door::Missing(AccessState::Password, None));
        }
    }
    if room.asks_approval() && invite.as_ref().is_none_or(|invite| !invite.skips_approval) {
        return Ok(Door::Missing(AccessState::RequestApproval, None));
    }
    Ok(Door::Open(invite))
}
