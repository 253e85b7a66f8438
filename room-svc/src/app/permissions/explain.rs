//! Explains why somebody may do something, or not.

use ids::SubjectId;
use proto::room::v1::{self as wire, Permission, PermissionRule, Role};

use crate::{
    app::App,
    domain::{Caller, Member, Permissions, Roles, RoomKey, RoomRole, sentence, timestamp},
    error::{Error, Result},
    store::{members, permission_requests, roles},
};

/// People whom an explanation names at most.
const NAMED: usize = 5;
/// Members with a permission of their own that are counted at most.
const COUNTED: i64 = 1000;

impl App {
    /// The chain of rules that decided about the caller, or about another member. Everything is read from one moment.
    pub(crate) async fn explain_permission(
        &self,
        caller: &Caller,
        room: &RoomKey,
        permission: Permission,
        subject: Option<SubjectId>,
    ) -> Result<wire::ExplainPermissionResponse> {
        let mut tx = self.snapshot().await?;
        let now = self.clock.now();
        let (found, asker) = members::standing(&mut *tx, room, caller.id).await?;
        caller.admitted_to(found.id)?;
        let Some(asker) = asker else {
            Self::must_find(&mut tx, (room, &found), caller, None, now).await?;
            return Err(Error::NotAMember);
        };
        let room = found;
        let member = match subject.filter(|subject| *subject != caller.id) {
            None => asker.clone(),
            Some(subject) => {
                asker.need(Permission::ViewMembers)?;
                let found = members::standing(&mut *tx, &room.id.into(), subject).await?.1;
                found.ok_or_else(|| Error::MemberNotFound(subject.to_string()))?
            }
        };
        let all = Roles::of_stored(roles::list(&mut *tx, room.id).await?);
        let only = Permissions::of(&[permission]);
        let given = members::given(&mut *tx, room.id, only, COUNTED).await?;
        let stewards = members::stewards(&mut *tx, room.id, 50).await?;
        let requests = permission_requests::list(&mut *tx, room.id, Some(caller.id), 100).await?;
        tx.commit().await?;

        let chain = member.grants_at(now).explain(permission);
        let allowed = chain.last().is_some_and(|(_, allowed)| *allowed);
        let rule = |(kind, allowed): (wire::permission_rule::Kind, bool)| rule(kind, allowed, &member, &all);
        // What the room has switched off nobody has, and nobody can give.
        let is_off = chain.last().is_some_and(|(kind, _)| *kind == wire::permission_rule::Kind::VoiceOff);
        let with_it = |member: &Member| member.permissions().has(permission);
        let holders: Vec<_> = given.into_iter().filter(|member| !is_off && with_it(member)).collect();
        let having: Vec<&RoomRole> =
            all.iter().filter(|role| !is_off && all.permissions(role).has(permission)).collect();
        let grants = |steward: &Member| {
            let may = steward.permissions();
            !is_off && may.has(Permission::ManageMembers) && may.has(permission) && asker.role < steward.role
        };
        let granters: Vec<_> = stewards.iter().filter(|steward| grants(steward)).cloned().collect();
        let owner = stewards.first().filter(|steward| steward.role == Role::Owner);
        let message = sentence::explained(&sentence::Facts {
            permission,
            who: (member.subject_id != caller.id).then_some(member.display_name.as_str()),
            allowed,
            decided_by: chain.last().map(|(kind, _)| *kind).unwrap_or_default(),
            roles: &having,
            members: &holders,
            owner: owner.map(|owner| owner.display_name.as_str()),
            muted_until: member.muted_at(now),
        });
        let has_asked = requests.iter().any(|request| request.permission == permission);
        let is_own = member.subject_id == caller.id;
        let member_count = i32::try_from(holders.len()).unwrap_or(i32::MAX);
        Ok(wire::ExplainPermissionResponse {
            allowed,
            message,
            rules: chain.into_iter().map(rule).collect(),
            roles: having.into_iter().map(|role| all.shown(role)).collect(),
            members: holders.into_iter().take(NAMED).map(Into::into).collect(),
            member_count,
            can_ask: is_own && !is_off && can_ask(&member, permission),
            asked: has_asked,
            granters: granters.into_iter().take(NAMED).map(Into::into).collect(),
        })
    }
}

/// Whether a request for the permission could change anything: not for what one has, and not for what nobody can give.
pub(super) fn can_ask(member: &Member, permission: Permission) -> bool {
    permission != Permission::DeleteRoom && !member.permissions().has(permission)
}

fn rule(kind: wire::permission_rule::Kind, allowed: bool, member: &Member, all: &Roles) -> PermissionRule {
    use wire::permission_rule::Kind;
    let custom = || {
        let id = member.custom_role_id.as_deref()?;
        Some(all.get(id).ok()?.name.clone())
    };
    let (role, role_name) = match kind {
        Kind::RoleDefault | Kind::RoomAdded | Kind::RoomRemoved => (member.role, None),
        Kind::CustomRoleAdded | Kind::CustomRoleRemoved => (member.role, custom()),
        _ => (Role::Unspecified, None),
    };
    PermissionRule {
        kind: kind.into(),
        allowed,
        role: role.into(),
        role_name: role_name.unwrap_or_default(),
        until: member.muted_until.filter(|_| kind == Kind::Muted).map(timestamp),
    }
}
