//! Roles of a room, and the rule of rank over them.

use proto::room::v1::{self as wire, Role};

use super::{Grants, Member, Permissions, RoleChanges};
use crate::error::{Error, Result};

/// A role of a room: one of the three that people can have, or a custom one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomRole {
    /// `guest`, `member`, `moderator`, or `role_…`.
    pub(crate) id: String,
    /// The role itself, or the one on which a custom role is based, which gives its rank.
    pub(crate) base: Role,
    /// Empty for a role that is not custom.
    pub(crate) name: String,
    pub(crate) color: String,
    /// What the room changes about the role; for a custom role what it changes about its base.
    pub(crate) changes: RoleChanges,
}

/// The roles that are not custom, from the lowest.
const BUILT_IN: [(&str, Role); 3] =
    [("guest", Role::Guest), ("member", Role::Member), ("moderator", Role::Moderator)];

impl RoomRole {
    /// One of the roles that are not custom, unchanged.
    fn built_in(id: &str, base: Role) -> Self {
        let (id, name, color) = (id.to_owned(), String::new(), String::new());
        Self { id, base, name, color, changes: RoleChanges::default() }
    }

    /// Whether it is a custom role.
    pub(crate) fn is_custom(&self) -> bool {
        !self.name.is_empty()
    }
}

/// All roles of a room: the three, then the custom ones.
#[derive(Debug, Clone)]
pub(crate) struct Roles(Vec<RoomRole>);

impl Roles {
    /// Completes what is stored.
    pub(crate) fn of_stored(stored: Vec<RoomRole>) -> Self {
        let found = |id: &str| stored.iter().find(|role| role.id == id).cloned();
        let mut all: Vec<_> = BUILT_IN
            .iter()
            .map(|(id, role)| found(id).unwrap_or_else(|| RoomRole::built_in(id, *role)))
            .collect();
        all.extend(stored.into_iter().filter(RoomRole::is_custom));
        Self(all)
    }

    /// In order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &RoomRole> {
        self.0.iter()
    }

    /// The role with this id.
    pub(crate) fn get(&self, id: &str) -> Result<&RoomRole> {
        self.0.iter().find(|role| role.id == id).ok_or_else(|| Error::RoleNotFound(id.to_owned()))
    }

    /// Number of custom roles.
    pub(crate) fn custom_count(&self) -> usize {
        self.0.iter().filter(|role| role.is_custom()).count()
    }

    /// What a member of this role may do, if nothing is changed for them.
    pub(crate) fn permissions(&self, role: &RoomRole) -> Permissions {
        self.grants(role).effective()
    }

    /// What decides about a member of this role.
    pub(crate) fn grants(&self, role: &RoomRole) -> Grants {
        let of_base = |base| {
            let found = self.0.iter().find(|role| !role.is_custom() && role.base == base);
            found.map(|role| role.changes).unwrap_or_default()
        };
        Grants {
            custom: role.is_custom().then_some(role.changes),
            ..Grants::of_role(role.base, of_base(role.base))
        }
    }

    /// The same roles with this one as it is now.
    #[must_use]
    pub(crate) fn with(&self, changed: &RoomRole) -> Self {
        Self(self.0.iter().map(|role| if role.id == changed.id { changed } else { role }.clone()).collect())
    }

    /// A role as the contract shows it.
    pub(crate) fn shown(&self, role: &RoomRole) -> wire::RoomRole {
        wire::RoomRole {
            id: role.id.clone(),
            base: role.base.into(),
            name: role.name.clone(),
            color: role.color.clone(),
            added: role.changes.added.numbers(),
            removed: role.changes.removed.numbers(),
            permissions: self.permissions(role).numbers(),
        }
    }
}

/// Fails unless this role ranks strictly below the member's: nobody changes their equals, themselves or the owner.
pub(crate) fn need_rank_above(member: &Member, role: Role) -> Result<()> {
    (role < member.role).then_some(()).ok_or(Error::RankTooLow)
}

/// Fails when somebody would get a permission that the giver does not hold.
pub(crate) fn need_own(giver: Permissions, before: Permissions, after: Permissions) -> Result<()> {
    let lacking = after.without(before).without(giver).list();
    lacking.first().map_or(Ok(()), |permission| Err(Error::CannotGrant(*permission)))
}

#[cfg(test)]
mod tests {
    use proto::room::v1::Permission::{Kick, PlayControl};

    use super::*;

    fn role(id: &str, base: Role, name: &str, added: Permissions, removed: Permissions) -> RoomRole {
        RoomRole {
            id: id.into(),
            base,
            name: name.into(),
            color: String::new(),
            changes: RoleChanges { added, removed },
        }
    }

    #[test]
    fn a_custom_role_changes_its_base_as_the_room_has_it() {
        let (none, play, kick) =
            (Permissions::NONE, Permissions::of(&[PlayControl]), Permissions::of(&[Kick]));
        let roles = Roles::of_stored(vec![
            role("member", Role::Member, "", none, play),
            role("role_1", Role::Member, "DJ", play | kick, none),
        ]);
        let may = |id: &str, permission| roles.permissions(roles.get(id).unwrap()).has(permission);
        assert!(may("guest", PlayControl) && !may("member", PlayControl));
        assert!(may("role_1", PlayControl) && may("role_1", Kick) && !may("member", Kick));
        assert!(matches!(roles.get("role_2"), Err(Error::RoleNotFound(_))));
        assert_eq!(roles.custom_count(), 1);
        assert_eq!(
            roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>(),
            ["guest", "member", "moderator", "role_1"]
        );
    }

    #[test]
    fn nobody_gives_what_they_do_not_hold() {
        let (none, play, kick) =
            (Permissions::NONE, Permissions::of(&[PlayControl]), Permissions::of(&[Kick]));
        assert!(need_own(play, none, play).is_ok());
        assert!(need_own(play, kick, kick | play).is_ok(), "what they had stays");
        assert!(matches!(need_own(play, none, kick), Err(Error::CannotGrant(Kick))));
        assert!(need_own(none, kick, none).is_ok(), "anyone who may can take away");
    }
}
