//! Invites: made, listed, revoked, and read by those who hold a code.

use std::net::IpAddr;

use chrono::TimeDelta;
use ids::random_code;
use proto::room::v1::{CreateInviteRequest, InvitesChanged, Permission, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, Invite, InviteUse, Member, Room, RoomKey, invite_code},
    error::{Error, Result},
    store::{invites, rooms},
};

/// Invites of a room at most, and uses of one that a list shows.
const MOST_INVITES: i64 = 200;
/// Invites that one statement deletes.
const CLEAN_UP_PAGE: i64 = 1000;
/// With a million invites, a random code of 8 characters is in use once in 850,000 attempts.
const ATTEMPTS: usize = 8;

impl App {
    /// Makes an invite. It replaces the password; the approval too where its maker could give that.
    pub(crate) async fn create_invite(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &CreateInviteRequest,
    ) -> Result<Invite> {
        let mut unit = self.open(room, caller).await?;
        let maker = unit.need(Permission::Invite)?.clone();
        let (id, now) = (unit.room_id(), unit.now());
        let life = match request.expires_in_seconds {
            0 => TimeDelta::hours(self.sections.invitations.default_expiry_hours),
            1..60 => {
                return Err(Error::Field {
                    field: "expires_in_seconds",
                    what: "must be at least 60, or 0 for the default",
                });
            }
            seconds => TimeDelta::seconds(seconds.into()),
        };
        if invites::count(unit.db(), id, now).await? >= MOST_INVITES {
            return Err(Error::ListFull { list: "invites", max: MOST_INVITES });
        }
        let mut invite = Invite {
            code: String::new(),
            room: id,
            created_by: caller.id,
            created_by_name: maker.display_name.clone(),
            created_at: now,
            expires_at: now + life,
            max_uses: request.max_uses,
            uses: 0,
            skips_approval: !request.keep_approval && maker.need(Permission::ApproveJoin).is_ok(),
            note: request.note.trim().to_owned(),
        };
        for _ in 0..ATTEMPTS {
            invite.code = random_code(self.sections.invitations.code_length);
            if invites::insert(&mut unit, &invite).await? {
                unit.commit(Kind::InvitesChanged(InvitesChanged {})).await?;
                return Ok(invite);
            }
        }
        Err(Error::NoUnusedCode(ATTEMPTS))
    }

    /// The invites that can be used: all of them with `manage_settings`, one's own with `invite`.
    pub(crate) async fn list_invites(&self, caller: &Caller, room: &RoomKey) -> Result<Vec<Invite>> {
        let access = self.get_access(caller, room).await?;
        let sees_all = access.member.need(Permission::ManageSettings).is_ok();
        if !sees_all {
            access.member.need(Permission::Invite)?;
        }
        let by = (!sees_all).then_some(caller.id);
        let found = invites::list(&self.pool, access.room.id, by, access.now, MOST_INVITES).await?;
        Ok(found.into_iter().filter(|invite| invite.usable(access.now).is_ok()).collect())
    }

    /// The invite with this code, and its room. Counts a wrong code.
    pub(crate) async fn get_invite(&self, code: &str, network: Option<IpAddr>) -> Result<(Invite, Room)> {
        // An invite that others hold is no business of the log.
        self.guard.check_code(network, "").await?;
        let code = invite_code(code);
        let Some(invite) = invites::get(&self.pool, &code).await? else {
            self.guard.wrong_code(network, &code).await;
            return Err(Error::InviteNotFound(code));
        };
        invite.usable(self.clock.now())?;
        let room = rooms::get(&self.pool, &invite.room.into()).await?;
        Ok((invite, room))
    }

    /// Ends an invite. Who came by it stays.
    pub(crate) async fn revoke_invite(&self, caller: &Caller, room: &RoomKey, code: &str) -> Result<()> {
        let code = invite_code(code);
        let mut unit = self.open(room, caller).await?;
        let (id, member) = (unit.room_id(), unit.member()?.clone());
        let found = invites::get(unit.db(), &code).await?.filter(|invite| invite.room == id);
        let Some(invite) = found else { return Ok(()) };
        own_or_manage(&member, &invite)?;
        invites::remove(&mut unit, &code).await?;
        unit.commit(Kind::InvitesChanged(InvitesChanged {})).await
    }

    /// Deletes invites that expired some time ago, of all rooms. Returns how many. Safe on several replicas at once.
    pub(crate) async fn forget_expired_invites(&self) -> Result<u64> {
        let kept = TimeDelta::hours(i64::from(self.sections.cleanup.expired_invitations_hours));
        let (before, mut deleted) = (self.clock.now() - kept, 0);
        loop {
            let page = invites::remove_expired(&self.pool, before, CLEAN_UP_PAGE).await?;
            deleted += page;
            if page < CLEAN_UP_PAGE.unsigned_abs() {
                return Ok(deleted);
            }
        }
    }

    /// Who came by an invite, for its maker and those who manage the room.
    pub(crate) async fn list_invite_uses(
        &self,
        caller: &Caller,
        room: &RoomKey,
        code: &str,
    ) -> Result<Vec<InviteUse>> {
        let access = self.get_access(caller, room).await?;
        let code = invite_code(code);
        let found = invites::get(&self.pool, &code).await?.filter(|invite| invite.room == access.room.id);
        let invite = found.ok_or_else(|| Error::InviteNotFound(code.clone()))?;
        own_or_manage(&access.member, &invite)?;
        invites::uses(&self.pool, &code, MOST_INVITES).await
    }
}

fn own_or_manage(member: &Member, invite: &Invite) -> Result<()> {
    if invite.created_by == member.subject_id {
        return Ok(());
    }
    member.need(Permission::ManageSettings)
}
