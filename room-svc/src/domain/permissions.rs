//! Who may do what in a room: the table of role defaults, and the one chain of rules that decides and explains.

use std::ops::{BitAnd, BitOr, Not};

use proto::room::v1::{Permission, Role, permission_rule::Kind};

use Permission::{
    AddMedia, ApproveJoin, Ban, BrowseProviders, ChangeCurrentMedia, ClearPlaylist, DeleteChat, DeleteRoom,
    EditOwnMedia, Invite, Kick, ManageMembers, ManageSettings, PlayControl, PublishLive, React, RemoveMedia,
    ReorderPlaylist, SendChat, ShareScreen, UseVoice, ViewChatHistory, ViewHistory, ViewMembers, Vote,
};

/// A set of permissions; the bit of each is its number in the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Permissions(u64);

/// What guests may do by default: watch together. They may not remove what others added.
const WATCHING: Permissions = Permissions::of(&[
    SendChat,
    ViewChatHistory,
    React,
    PlayControl,
    ChangeCurrentMedia,
    AddMedia,
    EditOwnMedia,
    ReorderPlaylist,
    BrowseProviders,
    UseVoice,
    ViewMembers,
    ViewHistory,
    Vote,
]);

/// What people with an account may do besides.
const OF_MEMBERS: Permissions = Permissions::of(&[Invite, ShareScreen]);

/// What moderators may do besides: look after the room.
const OF_MODERATORS: Permissions = Permissions::of(&[
    RemoveMedia,
    ClearPlaylist,
    DeleteChat,
    PublishLive,
    ApproveJoin,
    Kick,
    Ban,
    ManageMembers,
    ManageSettings,
]);

/// What no setting can give to anyone but the owner.
const OWNER_ONLY: Permissions = Permissions::of(&[DeleteRoom]);

/// What a muted person may not do.
const SILENCED: Permissions = Permissions::of(&[SendChat, React]);

/// What nobody may do where the voice chat of the room is switched off.
const VOICE: Permissions = Permissions::of(&[UseVoice]);

/// What "playback control" means to people: one preset sets both.
pub(crate) const PLAYBACK: Permissions = Permissions::of(&[PlayControl, ChangeCurrentMedia]);

/// All permissions.
const ALL: Permissions = Permissions(WATCHING.0 | OF_MEMBERS.0 | OF_MODERATORS.0 | OWNER_ONLY.0);

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

    /// The set of these numbers of the contract; others are left out.
    pub(crate) fn of_numbers(numbers: &[i32]) -> Self {
        let known = numbers.iter().filter_map(|number| Permission::try_from(*number).ok());
        known
            .filter(|permission| *permission != Permission::Unspecified)
            .fold(Self::NONE, |set, permission| set | Self::of(&[permission]))
    }

    /// Whether the set has this permission.
    pub(crate) fn has(self, permission: Permission) -> bool {
        self & Self::of(&[permission]) != Self::NONE
    }

    /// The permissions of this set that the other lacks.
    pub(crate) fn without(self, other: Self) -> Self {
        self & !other
    }

    /// All permissions of the set, in the order of the contract.
    pub(crate) fn list(self) -> Vec<Permission> {
        (0..64)
            .filter_map(|number| Permission::try_from(number).ok())
            .filter(|permission| self.has(*permission))
            .collect()
    }

    /// As the contract carries a set.
    pub(crate) fn numbers(self) -> Vec<i32> {
        self.list().into_iter().map(Into::into).collect()
    }

    /// As the database keeps a set.
    pub(crate) fn bits(self) -> i64 {
        self.0.cast_signed()
    }

    /// Reads what the database keeps.
    pub(crate) fn from_bits(bits: i64) -> Self {
        Self(bits.cast_unsigned())
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

/// What the settings of a room, a custom role, or one member's own settings change about a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RoleChanges {
    /// Added to the role.
    pub(crate) added: Permissions,
    /// Removed from the role. Wins over `added`.
    pub(crate) removed: Permissions,
}

impl RoleChanges {
    /// The set after these changes.
    fn apply(self, to: Permissions) -> Permissions {
        (to | self.added) & !self.removed
    }
}

/// Everything that decides what a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Grants {
    pub(crate) role: Role,
    /// What the room changes about the role.
    pub(crate) room: RoleChanges,
    /// What the member's custom role changes; none: they have no custom role.
    pub(crate) custom: Option<RoleChanges>,
    /// What is changed for this member.
    pub(crate) own: RoleChanges,
    /// Whether the member is muted.
    pub(crate) is_muted: bool,
    /// Whether the voice chat of the room is switched off.
    pub(crate) voice_off: bool,
}

/// The permissions that a role has by default.
pub(crate) fn role_default(role: Role) -> Permissions {
    match role {
        Role::Unspecified => Permissions::NONE,
        Role::Guest => WATCHING,
        Role::Member => WATCHING | OF_MEMBERS,
        Role::Moderator => WATCHING | OF_MEMBERS | OF_MODERATORS,
        Role::Owner => ALL,
    }
}

impl Grants {
    /// A member of this role, as the room changes it.
    pub(crate) fn of_role(role: Role, room: RoleChanges) -> Self {
        Self { role, room, ..Self::default() }
    }

    /// `((role default + room added - room removed) + member added - member removed)`, with the custom role as a step
    /// between the two. Within a step removal wins; the owner has all whatever the roles say. What the room has switched off
    /// nobody has.
    pub(crate) fn effective(&self) -> Permissions {
        self.rules().into_iter().fold(Permissions::NONE, |set, rule| rule.apply(set))
    }

    /// Every rule that acts on this permission, in order; the last one decides. Never empty.
    pub(crate) fn explain(&self, permission: Permission) -> Vec<(Kind, bool)> {
        let only = Permissions::of(&[permission]);
        let mut has = false;
        let mut chain = Vec::new();
        for rule in self.rules() {
            if rule.changes(only) {
                has = rule.apply(if has { only } else { Permissions::NONE }).has(permission);
                chain.push((rule.kind, has));
            }
        }
        chain
    }

    /// The rules in the order in which they act. There is no other place that decides.
    fn rules(&self) -> Vec<Rule> {
        let mut rules = self.rules_of_person();
        if self.voice_off {
            rules.push(Rule::remove(Kind::VoiceOff, VOICE));
        }
        rules
    }

    /// The rules about the person, whom the room may still forbid something.
    fn rules_of_person(&self) -> Vec<Rule> {
        if self.role == Role::Owner {
            return vec![Rule::add(Kind::Owner, ALL)];
        }
        let default = role_default(self.role);
        let mut rules = vec![
            // Removes what the role lacks, so that each permission has a rule that speaks of it.
            Rule { kind: Kind::RoleDefault, changes: RoleChanges { added: default, removed: !default } },
            Rule::add(Kind::RoomAdded, self.room.added.without(self.room.removed)),
            Rule::remove(Kind::RoomRemoved, self.room.removed),
        ];
        if let Some(custom) = self.custom {
            rules.push(Rule::add(Kind::CustomRoleAdded, custom.added.without(custom.removed)));
            rules.push(Rule::remove(Kind::CustomRoleRemoved, custom.removed));
        }
        rules.push(Rule::add(Kind::MemberAdded, self.own.added.without(self.own.removed)));
        rules.push(Rule::remove(Kind::MemberRemoved, self.own.removed));
        if self.is_muted {
            rules.push(Rule::remove(Kind::Muted, SILENCED));
        }
        rules.push(Rule::remove(Kind::OwnerOnly, OWNER_ONLY));
        rules
    }
}

/// One step of the chain.
struct Rule {
    kind: Kind,
    changes: RoleChanges,
}

impl Rule {
    fn add(kind: Kind, added: Permissions) -> Self {
        Self { kind, changes: RoleChanges { added, removed: Permissions::NONE } }
    }

    fn remove(kind: Kind, removed: Permissions) -> Self {
        Self { kind, changes: RoleChanges { added: Permissions::NONE, removed } }
    }

    fn apply(&self, set: Permissions) -> Permissions {
        self.changes.apply(set)
    }

    fn changes(&self, any_of: Permissions) -> bool {
        (self.changes.added | self.changes.removed) & any_of != Permissions::NONE
    }
}

#[cfg(test)]
mod tests;
