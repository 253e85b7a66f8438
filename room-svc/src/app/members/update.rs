//! Changes the role and the permissions of a member, and mutes them.

use chrono::{DateTime, TimeDelta, Utc};
use ids::SubjectId;
use proto::room::v1::{Permission, Role, UpdateMemberRequest, room_event::Kind};

use crate::{
    app::{
        App,
        permissions::{given, preset},
    },
    domain::{
        Caller, Grants, Member, MemberPath, Permissions, Roles, RoomKey, member_paths, need_own,
        need_rank_above,
    },
    error::{Error, Result},
    store::{members, roles, standings},
};

impl App {
    /// Changes what the request's mask names. The rank counts before and after; nobody gives what they do not hold.
    pub(crate) async fn update_member(
        &self,
        caller: &Caller,
        room: &RoomKey,
        subject: SubjectId,
        request: &UpdateMemberRequest,
    ) -> Result<Member> {
        let paths = member_paths(request)?;
        let mut unit = self.open(room, caller).await?;
        let only_mutes = paths == [MemberPath::Mute];
        let actor = match unit.need(Permission::ManageMembers) {
            Err(_) if only_mutes => unit.need(Permission::Ban)?,
            needed => needed?,
        }
        .clone();
        let (id, now) = (unit.room_id(), unit.now());
        let old = members::standing(unit.db(), &id.into(), subject).await?.1;
        let old = old.ok_or_else(|| Error::MemberNotFound(subject.to_string()))?;
        need_rank_above(&actor, old.role)?;
        let all = Roles::of_stored(roles::list(unit.db(), id).await?);

        let mut new = old.clone();
        let mut role = standings::given_role(unit.db(), id, subject).await?;
        for path in &paths {
            match path {
                MemberPath::Role => {
                    role = assignable(request.role())?;
                    new.custom_role_id = None;
                }
                MemberPath::CustomRole => {
                    let id = Some(request.custom_role_id.as_str()).filter(|id| !id.is_empty());
                    new.custom_role_id = id.map(|id| custom(&all, id)).transpose()?;
                }
                MemberPath::Added => new.own.added = given("added", &request.added)?,
                MemberPath::Removed => new.own.removed = given("removed", &request.removed)?,
                MemberPath::Mute => new.muted_until = mute_end(request.mute_seconds, now),
            }
        }
        let grants = grants(&all, subject, role, &new);
        new = Member {
            role: grants.role,
            room: grants.room,
            custom: grants.custom,
            // A mute that has run out is of no use to anyone.
            muted_until: new.muted_until.filter(|until| now < *until),
            ..new
        };
        need_rank_above(&actor, new.role)?;
        need_own(actor.permissions(), old.permissions(), new.permissions())?;
        // What the person has by their role anyway would stay when the role loses it.
        need_own(actor.permissions(), old.own.added, new.own.added)?;
        standings::save(&mut unit, subject, role, new.custom_role_id.as_deref(), new.own, new.muted_until)
            .await?;
        let gained = new.permissions().without(old.permissions());
        preset::reconsider(&mut unit, gained, Permissions::NONE).await?;
        unit.commit(Kind::MemberChanged(new.clone().into())).await?;
        Ok(new)
    }
}

/// A role that can be given; `Unspecified`: the one with which the person joined.
fn assignable(role: Role) -> Result<Role> {
    match role {
        Role::Unspecified | Role::Guest => Ok(Role::Unspecified),
        Role::Member | Role::Moderator => Ok(role),
        Role::Owner => {
            Err(Error::Field { field: "role", what: "must not be ROLE_OWNER; transfer the room instead" })
        }
    }
}

fn custom(all: &Roles, id: &str) -> Result<String> {
    let role = all.get(id)?;
    let wrong = Error::Field { field: "custom_role_id", what: "must be the id of a custom role, or empty" };
    role.is_custom().then(|| role.id.clone()).ok_or(wrong)
}

fn mute_end(seconds: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (seconds > 0).then(|| now + TimeDelta::seconds(seconds.into()))
}

/// What decides about a member with this given role.
fn grants(all: &Roles, subject: SubjectId, role: Role, member: &Member) -> Grants {
    let base = match (role, subject) {
        (Role::Unspecified, SubjectId::Guest(_)) => Role::Guest,
        (Role::Unspecified, SubjectId::User(_)) => Role::Member,
        (role, _) => role,
    };
    let custom = member.custom_role_id.as_deref().and_then(|id| all.get(id).ok());
    let role = custom.or_else(|| all.iter().find(|role| role.base == base && !role.is_custom()));
    let of_role = role.map(|role| all.grants(role)).unwrap_or_default();
    Grants { own: member.own, ..of_role }
}
