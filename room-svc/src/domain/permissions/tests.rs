//! The model against an oracle that decides one permission of one person by reading the rule aloud, without sets.

use proptest::prelude::*;

use super::*;

const ROLES: [Role; 4] = [Role::Guest, Role::Member, Role::Moderator, Role::Owner];

fn contract() -> Vec<Permission> {
    (1..64).filter_map(|number| Permission::try_from(number).ok()).collect()
}

/// What the documentation says about each role, as a table of its own.
fn documented(role: Role, permission: Permission) -> bool {
    let lowest = match permission {
        SendChat | ViewChatHistory | React | PlayControl | ChangeCurrentMedia | AddMedia | EditOwnMedia
        | ReorderPlaylist | BrowseProviders | UseVoice | ViewMembers | ViewHistory | Vote => Role::Guest,
        Invite | ShareScreen => Role::Member,
        RemoveMedia | ClearPlaylist | DeleteChat | PublishLive | ApproveJoin | Kick | Ban | ManageMembers
        | ManageSettings => Role::Moderator,
        DeleteRoom => Role::Owner,
        Permission::Unspecified => return false,
    };
    role as i32 >= lowest as i32
}

/// Decides one permission. Independent of the sets above: it asks one question after the other.
fn oracle(grants: &Grants, permission: Permission) -> bool {
    if grants.voice_off && permission == UseVoice {
        return false;
    }
    if grants.role == Role::Owner {
        return true;
    }
    if permission == DeleteRoom {
        return false;
    }
    if grants.is_muted && (permission == SendChat || permission == React) {
        return false;
    }
    // From the last step to the first: the nearest one that speaks of the permission decides; within it removal wins.
    let steps = [Some(grants.own), grants.custom, Some(grants.room)];
    for step in steps.into_iter().flatten() {
        if step.removed.has(permission) {
            return false;
        }
        if step.added.has(permission) {
            return true;
        }
    }
    documented(grants.role, permission)
}

/// Every way in which one step can speak of one permission.
fn ways(permission: Permission) -> [RoleChanges; 4] {
    let (one, none) = (Permissions::of(&[permission]), Permissions::NONE);
    [(none, none), (one, none), (none, one), (one, one)]
        .map(|(added, removed)| RoleChanges { added, removed })
}

#[test]
fn every_permission_of_every_role_under_every_override_is_as_the_oracle_says() {
    let mut checked = 0;
    for permission in contract() {
        for role in ROLES {
            for room in ways(permission) {
                for custom in ways(permission).map(Some).into_iter().chain([None]) {
                    for own in ways(permission) {
                        for (is_muted, voice_off) in
                            [(false, false), (true, false), (false, true), (true, true)]
                        {
                            let grants = Grants { role, room, custom, own, is_muted, voice_off };
                            let has = grants.effective().has(permission);
                            assert_eq!(has, oracle(&grants, permission), "{permission:?} {grants:?}");
                            let explained = grants.explain(permission);
                            assert_eq!(explained.last().unwrap().1, has, "{permission:?} {explained:?}");
                            checked += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(checked, contract().len() * 4 * 4 * 5 * 4 * 4);
}

fn set() -> impl Strategy<Value = Permissions> {
    any::<u64>().prop_map(|bits| Permissions(bits) & ALL)
}

fn changes() -> impl Strategy<Value = RoleChanges> {
    (set(), set()).prop_map(|(added, removed)| RoleChanges { added, removed })
}

prop_compose! {
    fn grants()(
        role in prop::sample::select(ROLES.to_vec()),
        room in changes(),
        custom in prop::option::of(changes()),
        own in changes(),
        is_muted: bool,
        voice_off: bool,
    ) -> Grants {
        Grants { role, room, custom, own, is_muted, voice_off }
    }
}

proptest! {
    #[test]
    fn any_room_decides_as_the_oracle_and_explains_what_it_decides(grants in grants()) {
        let effective = grants.effective();
        for permission in contract() {
            prop_assert_eq!(effective.has(permission), oracle(&grants, permission));
            prop_assert_eq!(grants.explain(permission).last().unwrap().1, effective.has(permission));
        }
    }

    #[test]
    fn a_set_survives_the_database_and_the_contract(set in set()) {
        prop_assert_eq!(Permissions::from_bits(set.bits()), set);
        prop_assert_eq!(Permissions::of_numbers(&set.numbers()), set);
    }
}

#[test]
fn the_table_knows_every_permission_of_the_contract() {
    assert_eq!(Grants::of_role(Role::Owner, RoleChanges::default()).effective().list(), contract());
    for role in ROLES {
        for permission in contract() {
            assert_eq!(
                role_default(role).has(permission),
                documented(role, permission),
                "{role:?} {permission:?}"
            );
        }
    }
}

#[test]
fn no_role_means_no_permission() {
    assert_eq!(Grants::default().effective(), Permissions::NONE);
}

#[test]
fn an_explanation_names_the_rules_in_order() {
    let play = RoleChanges { added: Permissions::of(&[PlayControl]), removed: Permissions::NONE };
    let no_play = RoleChanges { added: Permissions::NONE, removed: Permissions::of(&[PlayControl]) };
    let mia = Grants { role: Role::Guest, room: no_play, own: play, ..Grants::default() };
    assert_eq!(
        mia.explain(PlayControl),
        [(Kind::RoleDefault, true), (Kind::RoomRemoved, false), (Kind::MemberAdded, true)]
    );
    assert_eq!(mia.explain(Kick), [(Kind::RoleDefault, false)]);
    let owner = Grants { role: Role::Owner, own: no_play, ..Grants::default() };
    assert_eq!(owner.explain(PlayControl), [(Kind::Owner, true)]);
    let silent = Grants { voice_off: true, ..owner };
    assert_eq!(silent.explain(UseVoice), [(Kind::Owner, true), (Kind::VoiceOff, false)]);
    assert_eq!(silent.explain(PlayControl), [(Kind::Owner, true)]);
}
