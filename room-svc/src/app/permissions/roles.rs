//! Reads and changes the roles of a room.

use ids::RoleId;
use proto::room::v1::{Permission, Role, RolesChanged, room_event::Kind};

use super::preset;
use crate::{
    app::{App, unit::Unit},
    domain::{
        Caller, Member, Permissions, RoleChanges, Roles, RoomKey, RoomRole, need_own, need_rank_above,
        visible,
    },
    error::{Error, Result},
    store::roles,
};

/// Custom roles of a room at most.
const MOST_ROLES: usize = 50;

/// What a request changes about a role; `None`: it stays.
#[derive(Debug, Default)]
pub(crate) struct RoleEdit {
    pub(crate) name: Option<String>,
    pub(crate) color: Option<String>,
    pub(crate) added: Option<Vec<i32>>,
    pub(crate) removed: Option<Vec<i32>>,
}

impl App {
    /// The roles of a room, for its members.
    pub(crate) async fn list_roles(&self, caller: &Caller, room: &RoomKey) -> Result<Roles> {
        let access = self.get_access(caller, room).await?;
        Ok(Roles::of_stored(roles::list(&self.pool, access.room.id).await?))
    }

    /// Creates a custom role.
    pub(crate) async fn create_role(
        &self,
        caller: &Caller,
        room: &RoomKey,
        base: Role,
        edit: RoleEdit,
    ) -> Result<(Roles, RoomRole)> {
        let base = match base {
            Role::Unspecified | Role::Member => Role::Member,
            Role::Moderator => Role::Moderator,
            Role::Guest | Role::Owner => {
                return Err(Error::Field { field: "base", what: "must be ROLE_MEMBER or ROLE_MODERATOR" });
            }
        };
        let mut unit = self.open(room, caller).await?;
        let actor = unit.need(Permission::ManageMembers)?.clone();
        let all = stored(&mut unit).await?;
        if all.custom_count() >= MOST_ROLES {
            return Err(Error::ListFull { list: "custom roles", max: 50 });
        }
        let id = RoleId::new().to_string();
        let new =
            RoomRole { id, base, name: String::new(), color: String::new(), changes: RoleChanges::default() };
        let new = edited(&new, true, edit)?;
        // Nobody has the role yet, so its maker must hold everything that it adds.
        need_rank_above(&actor, base)?;
        let of_base = all.iter().find(|role| role.base == base && !role.is_custom());
        let before = of_base.map(|role| all.permissions(role)).unwrap_or_default();
        let grown = Roles::of_stored(all.iter().cloned().chain([new.clone()]).collect());
        need_own(actor.permissions(), before, grown.permissions(&new))?;
        need_own(actor.permissions(), Permissions::NONE, new.changes.added)?;
        save(unit, &new).await?;
        Ok((grown, new))
    }

    /// Changes a role.
    pub(crate) async fn update_role(
        &self,
        caller: &Caller,
        room: &RoomKey,
        role_id: &str,
        edit: RoleEdit,
    ) -> Result<(Roles, RoomRole)> {
        let mut unit = self.open(room, caller).await?;
        let actor = unit.need(Permission::ManageMembers)?.clone();
        let all = stored(&mut unit).await?;
        let old = all.get(role_id)?.clone();
        let new = edited(&old, old.is_custom(), edit)?;
        let changed = all.with(&new);
        need_right_to_change(&actor, &all, &changed, &old, &new)?;
        if new == old {
            return Ok((all, old));
        }
        let (had, has) = (all.permissions(&old), changed.permissions(&new));
        preset::reconsider(&mut unit, has.without(had), had.without(has)).await?;
        save(unit, &new).await?;
        Ok((changed, new))
    }

    /// Deletes a custom role.
    pub(crate) async fn delete_role(&self, caller: &Caller, room: &RoomKey, role_id: &str) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let actor = unit.need(Permission::ManageMembers)?.clone();
        let all = stored(&mut unit).await?;
        let Ok(role) = all.get(role_id) else { return Ok(()) };
        if !role.is_custom() {
            return Err(Error::Field { field: "role_id", what: "must be the id of a custom role" });
        }
        let of_base = all.iter().find(|other| other.base == role.base && !other.is_custom());
        let after = of_base.map(|base| all.permissions(base)).unwrap_or_default();
        need_rank_above(&actor, role.base)?;
        // A role that only removes: without it its members get back what they lacked.
        need_own(actor.permissions(), all.permissions(role), after)?;
        roles::delete(&mut unit, role).await?;
        unit.commit(Kind::RolesChanged(RolesChanged {})).await
    }
}

/// Whoever changes a role ranks above it, and gives its members nothing that they do not hold.
fn need_right_to_change(
    actor: &Member,
    before: &Roles,
    after: &Roles,
    old: &RoomRole,
    new: &RoomRole,
) -> Result<()> {
    need_rank_above(actor, old.base)?;
    need_own(actor.permissions(), before.permissions(old), after.permissions(new))?;
    need_own(actor.permissions(), old.changes.added, new.changes.added)
}

async fn stored(unit: &mut Unit<'_>) -> Result<Roles> {
    let id = unit.room_id();
    Ok(Roles::of_stored(roles::list(unit.db(), id).await?))
}

/// The role after an edit.
fn edited(old: &RoomRole, is_custom: bool, edit: RoleEdit) -> Result<RoomRole> {
    let mut new = old.clone();
    if let Some(name) = edit.name {
        if !is_custom {
            return Err(Error::Field { field: "name", what: "can be changed for custom roles only" });
        }
        visible("name", &name)?.clone_into(&mut new.name);
    }
    if let Some(color) = edit.color {
        if !is_custom {
            return Err(Error::Field { field: "color", what: "can be changed for custom roles only" });
        }
        new.color = color.to_ascii_lowercase();
    }
    if let Some(added) = edit.added {
        new.changes.added = given("added", &added)?;
    }
    if let Some(removed) = edit.removed {
        new.changes.removed = given("removed", &removed)?;
    }
    Ok(new)
}

/// A set of permissions that somebody gives or takes.
pub(in crate::app) fn given(field: &'static str, numbers: &[i32]) -> Result<Permissions> {
    let set = Permissions::of_numbers(numbers);
    if set.has(Permission::DeleteRoom) {
        return Err(Error::Field {
            field,
            what: "must not have PERMISSION_DELETE_ROOM, which the owner alone has",
        });
    }
    Ok(set)
}

async fn save(mut unit: Unit<'_>, role: &RoomRole) -> Result<()> {
    if !roles::save(&mut unit, role).await? {
        return Err(Error::RoleNameTaken);
    }
    unit.commit(Kind::RolesChanged(RolesChanged {})).await
}
