//! Who may do what in a room: the table of role defaults and the one formula over it.

use std::ops::{BitAnd, BitOr, Not};

use proto::room::v1::{Permission, Role};

use Permission::{
    AddMedia, ChangeCurrentMedia, DeleteChat, DeleteRoom, EditOwnMedia, ManageSettings, PlayControl, React, RemoveMedia,
    ReorderPlaylist, SendChat, ViewChatHistory, ViewMembers,
};

/// A set of permissions; the bit of each is its number in the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Permissions(u64);

/// All permissions.
const ALL: Permissions = Permissions::of(&[
    SendChat,
    ViewChatHistory,
    PlayControl,
    ChangeCurrentMedia,
    AddMedia,
    EditOwnMedia,
    RemoveMedia,
    ReorderPlaylist,
    ViewMembers,
    DeleteRoom,
    ManageSettings,
    DeleteChat,
    React,
]);

/// What guests and members may do by default: watch together. They may not remove what others added.
const EVERYONE: Permissions = Permissions::of(&[
    SendChat,
    ViewChatHistory,
    PlayControl,
    ChangeCurrentMedia,
    AddMedia,
    EditOwnMedia,
    ReorderPlaylist,
    ViewMembers,
    React,
]);

/// What no setting can give to anyone but the owner.
const OWNER_ONLY: Permissions = Permissions::of(&[DeleteRoom]);

impl Permissions {
    /// The empty set.
    pub(crate) const NONE: Self = Self(0);

    /// The set of these permissions.
    pub(crate) const fn of(list: &[Permission]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < list.len() {
            bits |= 1 << list[at] as u32;
            at += 1;
        }
        Self(bits)
    }

    /// Whether the set has this permission.
    pub(crate) fn has(self, permission: Permission) -> bool {
        self & Self::of(&[permission]) != Self::NONE
    }

    /// All permissions of the set, in the order of the contract.
    pub(crate) fn list(self) -> Vec<Permission> {
        (0..64)
            .filter_map(|number| Permission::try_from(number).ok())
            .filter(|permission| self.has(*permission))
            .collect()
    }
}

impl BitOr for Permissions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// What the settings of a room, or of one member, change about a role.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RoleChanges {
    /// Added to the role.
    pub(crate) added: Permissions,
    /// Removed from the role. Wins over `added`.
    pub(crate) removed: Permissions,
}

/// The permissions that a role has by default.
fn role_default(role: Role) -> Permissions {
    match role {
        Role::Unspecified => Permissions::NONE,
        Role::Guest | Role::Member => EVERYONE,
        Role::Moderator => EVERYONE | Permissions::of(&[RemoveMedia, ManageSettings, DeleteChat]),
        Role::Owner => ALL,
    }
}

/// `((role default + room added - room removed) + member added - member removed)`. Within a step removal wins; the
/// owner has all whatever the settings say.
pub(crate) fn effective(role: Role, room: RoleChanges, member: RoleChanges) -> Permissions {
    if role == Role::Owner {
        return ALL;
    }
    let in_room = (role_default(role) | room.added) & !room.removed;
    (in_room | member.added) & !member.removed & !OWNER_ONLY
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: RoleChanges = RoleChanges { added: Permissions::NONE, removed: Permissions::NONE };

    fn added(list: &[Permission]) -> RoleChanges {
        RoleChanges { added: Permissions::of(list), ..NOTHING }
    }

    fn removed(list: &[Permission]) -> RoleChanges {
        RoleChanges { removed: Permissions::of(list), ..NOTHING }
    }

    #[test]
    fn guests_and_members_watch_together_by_default() {
        let expected = [
            SendChat,
            ViewChatHistory,
            PlayControl,
            ChangeCurrentMedia,
            AddMedia,
            EditOwnMedia,
            ReorderPlaylist,
            ViewMembers,
            React,
        ];
        for role in [Role::Guest, Role::Member] {
            assert_eq!(effective(role, NOTHING, NOTHING).list(), expected, "{role:?}");
        }
        for permission in [RemoveMedia, ManageSettings] {
            assert!(effective(Role::Moderator, NOTHING, NOTHING).has(permission), "{permission:?}");
        }
    }

    #[test]
    fn the_table_has_every_permission_of_the_contract() {
        let contract: Vec<_> = (1..64).filter_map(|number| Permission::try_from(number).ok()).collect();
        assert_eq!(effective(Role::Owner, NOTHING, NOTHING).list(), contract);
    }

    #[test]
    fn removal_wins_over_addition_within_a_step() {
        let both =
            RoleChanges { added: Permissions::of(&[RemoveMedia]), removed: Permissions::of(&[RemoveMedia]) };
        assert!(!effective(Role::Member, both, NOTHING).has(RemoveMedia));
        assert!(!effective(Role::Member, NOTHING, both).has(RemoveMedia));
    }

    #[test]
    fn member_overrides_apply_after_room_overrides() {
        assert!(effective(Role::Guest, removed(&[SendChat]), added(&[SendChat])).has(SendChat));
        assert!(!effective(Role::Guest, added(&[RemoveMedia]), removed(&[RemoveMedia])).has(RemoveMedia));
    }

    #[test]
    fn the_owner_has_all_and_nobody_else_deletes_the_room() {
        assert!(effective(Role::Owner, removed(&[SendChat]), removed(&[DeleteRoom])).has(DeleteRoom));
        for role in [Role::Guest, Role::Member, Role::Moderator] {
            assert!(!effective(role, added(&[DeleteRoom]), added(&[DeleteRoom])).has(DeleteRoom), "{role:?}");
        }
    }

    #[test]
    fn no_role_means_no_permission() {
        assert_eq!(effective(Role::Unspecified, NOTHING, NOTHING), Permissions::NONE);
    }
}
