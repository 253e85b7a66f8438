//! Roles, permissions of single members, explanations, and requests for permissions.

use std::time::Duration;

use futures::future::join_all;
use prost_types::FieldMask;
use proto::room::v1::{
    CancelPermissionRequestRequest, CreateRoleRequest, DecidePermissionRequestRequest, DeleteRoleRequest,
    ExplainPermissionRequest, ExplainPermissionResponse, GetMemberRequest, ListPermissionRequestsRequest,
    ListRolesRequest, Member, Permission, RequestPermissionRequest, Role, RoomRole, UpdateMemberRequest,
    UpdateRoleRequest, UpdateRoomRequest, VoicePolicy, permission_rule::Kind, room_event,
};
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, World, fields_at_fault, guest, refusal, user};

pub(crate) fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn numbers(permissions: &[Permission]) -> Vec<i32> {
    permissions.iter().map(|permission| (*permission).into()).collect()
}

pub(crate) async fn change(
    svc: &Instance,
    who: &Person,
    room: &str,
    whom: &Person,
    request: UpdateMemberRequest,
) -> Outcome<Member> {
    let request = UpdateMemberRequest { room: room.into(), subject_id: whom.id(), ..request };
    Ok(svc.members().update_member(who.request(request)).await?.into_inner().member.unwrap())
}

pub(crate) fn role(role: Role) -> UpdateMemberRequest {
    UpdateMemberRequest { role: role.into(), update_mask: Some(mask(&["role"])), ..Default::default() }
}

fn added(permissions: &[Permission]) -> UpdateMemberRequest {
    UpdateMemberRequest {
        added: numbers(permissions),
        update_mask: Some(mask(&["added"])),
        ..Default::default()
    }
}

fn removed(permissions: &[Permission]) -> UpdateMemberRequest {
    UpdateMemberRequest {
        removed: numbers(permissions),
        update_mask: Some(mask(&["removed"])),
        ..Default::default()
    }
}

pub(crate) fn mute(seconds: i32) -> UpdateMemberRequest {
    UpdateMemberRequest {
        mute_seconds: seconds,
        update_mask: Some(mask(&["mute_seconds"])),
        ..Default::default()
    }
}

async fn may(svc: &Instance, who: &Person, room: &str, permission: Permission) -> bool {
    svc.access(who, room).await.unwrap().permissions().any(|has| has == permission)
}

async fn explain(
    svc: &Instance,
    who: &Person,
    room: &str,
    permission: Permission,
) -> ExplainPermissionResponse {
    let request =
        ExplainPermissionRequest { room: room.into(), permission: permission.into(), ..Default::default() };
    svc.permissions().explain_permission(who.request(request)).await.unwrap().into_inner()
}

async fn update_role(
    svc: &Instance,
    who: &Person,
    room: &str,
    role_id: &str,
    request: UpdateRoleRequest,
) -> Outcome<RoomRole> {
    let request = UpdateRoleRequest { room: room.into(), role_id: role_id.into(), ..request };
    Ok(svc.permissions().update_role(who.request(request)).await?.into_inner().role.unwrap())
}

async fn ask(svc: &Instance, who: &Person, room: &str, permission: Permission) -> Outcome<()> {
    let request = RequestPermissionRequest {
        room: room.into(),
        permission: permission.into(),
        message: " please ".into(),
    };
    svc.permissions().request_permission(who.request(request)).await.map(|_| ())
}

async fn decide(
    svc: &Instance,
    who: &Person,
    room: &str,
    whom: &Person,
    permission: Permission,
    grant: bool,
) -> Outcome<Member> {
    let request = DecidePermissionRequestRequest {
        room: room.into(),
        subject_id: whom.id(),
        permission: permission.into(),
        grant,
    };
    Ok(svc.permissions().decide_permission_request(who.request(request)).await?.into_inner().member.unwrap())
}

async fn waiting(svc: &Instance, who: &Person, room: &str) -> Vec<(String, String)> {
    let request = ListPermissionRequestsRequest { room: room.into() };
    let requests = svc.permissions().list_permission_requests(who.request(request)).await.unwrap();
    requests
        .into_inner()
        .requests
        .into_iter()
        .map(|request| (request.display_name, request.message))
        .collect()
}

/// A room of Ada's with a moderator, Mod, a member, Bob, and a guest, Grace.
struct Room {
    id: String,
    ada: Person,
    moderator: Person,
    bob: Person,
    grace: Person,
}

async fn room(svc: &Instance) -> Room {
    let (ada, moderator, bob, grace) = (user("Ada"), user("Mod"), user("Bob"), guest("Grace"));
    let id = svc.create(&ada).await.id;
    for who in [&moderator, &bob, &grace] {
        svc.join(who, &id).await.unwrap();
    }
    change(svc, &ada, &id, &moderator, role(Role::Moderator)).await.unwrap();
    Room { id, ada, moderator, bob, grace }
}

#[tokio::test]
async fn one_member_gets_and_loses_a_permission() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, ada, bob, grace, .. } = room(&svc).await;
    let bob_now = change(&svc, &ada, &id, &bob, added(&[Permission::RemoveMedia])).await.unwrap();
    assert_eq!(bob_now.added, numbers(&[Permission::RemoveMedia]));
    assert!(may(&svc, &bob, &id, Permission::RemoveMedia).await);
    assert!(!may(&svc, &grace, &id, Permission::RemoveMedia).await);
    change(&svc, &ada, &id, &bob, removed(&[Permission::RemoveMedia])).await.unwrap();
    assert!(!may(&svc, &bob, &id, Permission::RemoveMedia).await, "removal wins");
    let request = GetMemberRequest { room: id.clone(), subject_id: bob.id() };
    let seen = svc.members().get_member(grace.request(request)).await.unwrap().into_inner();
    assert_eq!(seen.member.unwrap().display_name, "Bob");
    assert!(!seen.permissions.contains(&Permission::RemoveMedia.into()));
    let delete = added(&[Permission::DeleteRoom]);
    assert_eq!(fields_at_fault(change(&svc, &ada, &id, &bob, delete).await), ["added"]);
    let nothing = UpdateMemberRequest::default();
    assert_eq!(fields_at_fault(change(&svc, &ada, &id, &bob, nothing).await), ["update_mask"]);
    let unknown = UpdateMemberRequest { update_mask: Some(mask(&["rank"])), ..Default::default() };
    assert_eq!(fields_at_fault(change(&svc, &ada, &id, &bob, unknown).await), ["update_mask"]);
    let nobody = change(&svc, &ada, &id, &user("Nobody"), added(&[])).await;
    assert_eq!(refusal(nobody), Reason::MemberNotFound);
}

/// Document 000, "Handle Member Issues": the chat stays on for the others.
#[tokio::test]
async fn one_member_is_muted_and_the_others_go_on() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, moderator, bob, grace, .. } = room(&svc).await;
    change(&svc, &moderator, &id, &grace, removed(&[Permission::SendChat])).await.unwrap();
    assert_eq!(refusal(svc.say(&grace, &id, "hello", "1").await), Reason::PermissionMissing);
    svc.say(&bob, &id, "hello", "1").await.unwrap();
    change(&svc, &moderator, &id, &grace, removed(&[])).await.unwrap();
    svc.say(&grace, &id, "hello", "2").await.unwrap();
}

/// Case W9.
#[tokio::test]
async fn a_mute_and_a_demotion_outlive_leaving_and_joining_again() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, ada, moderator, grace, .. } = room(&svc).await;
    change(&svc, &moderator, &id, &grace, mute(600)).await.unwrap();
    change(&svc, &ada, &id, &moderator, role(Role::Unspecified)).await.unwrap();
    for who in [&grace, &moderator] {
        svc.leave(who, &id).await.unwrap();
        svc.join(&who.renamed("Another name"), &id).await.unwrap();
    }
    assert_eq!(svc.access(&moderator, &id).await.unwrap().member.unwrap().role(), Role::Member);
    assert_eq!(refusal(svc.say(&grace, &id, "hello", "1").await), Reason::Muted);
    assert!(!may(&svc, &grace, &id, Permission::SendChat).await);
    world.clock.advance(Duration::from_secs(599));
    assert_eq!(refusal(svc.say(&grace, &id, "hello", "1").await), Reason::Muted);
    world.clock.advance(Duration::from_secs(1));
    svc.say(&grace, &id, "hello", "1").await.unwrap();
    assert!(may(&svc, &grace, &id, Permission::SendChat).await);
}

#[tokio::test]
async fn a_role_that_was_given_stays_with_the_person() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, moderator, .. } = room(&svc).await;
    svc.leave(&moderator, &id).await.unwrap();
    let back = svc.join(&moderator, &id).await.unwrap().member.unwrap();
    assert_eq!(back.role(), Role::Moderator);
}

/// Case W8.
#[tokio::test]
async fn nobody_changes_their_equals_themselves_or_the_owner_nor_gives_what_they_lack() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, ada, moderator, bob, grace } = room(&svc).await;
    let other = user("Other");
    svc.join(&other, &id).await.unwrap();
    change(&svc, &ada, &id, &other, role(Role::Moderator)).await.unwrap();
    for whom in [&ada, &other, &moderator] {
        for request in [mute(60), removed(&[Permission::SendChat]), role(Role::Member)] {
            assert_eq!(refusal(change(&svc, &moderator, &id, whom, request).await), Reason::RankTooLow);
        }
    }
    let raised = change(&svc, &moderator, &id, &bob, role(Role::Moderator)).await;
    assert_eq!(refusal(raised), Reason::RankTooLow, "their future role counts, too");
    change(&svc, &ada, &id, &moderator, removed(&[Permission::PlayControl])).await.unwrap();
    let given = change(&svc, &moderator, &id, &bob, added(&[Permission::PlayControl])).await;
    assert_eq!(refusal(given), Reason::CannotGrant);
    change(&svc, &moderator, &id, &bob, removed(&[Permission::PlayControl])).await.unwrap();
    let back = change(&svc, &moderator, &id, &bob, removed(&[])).await;
    assert_eq!(refusal(back), Reason::CannotGrant, "what was taken is given back by someone who holds it");
    change(&svc, &ada, &id, &bob, removed(&[])).await.unwrap();
    assert_eq!(refusal(change(&svc, &bob, &id, &grace, mute(60)).await), Reason::PermissionMissing);
    let owner = change(&svc, &ada, &id, &bob, role(Role::Owner)).await;
    assert_eq!(fields_at_fault(owner), ["role"]);
}

#[tokio::test]
async fn the_room_changes_what_a_role_may_and_the_members_follow() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, ada, moderator, bob, grace } = room(&svc).await;
    let no_play = UpdateRoleRequest {
        removed: numbers(&[Permission::PlayControl]),
        update_mask: Some(mask(&["removed"])),
        ..Default::default()
    };
    let guests = update_role(&svc, &moderator, &id, "guest", no_play.clone()).await.unwrap();
    assert!(!guests.permissions.contains(&Permission::PlayControl.into()));
    assert!(!may(&svc, &grace, &id, Permission::PlayControl).await);
    assert!(may(&svc, &bob, &id, Permission::PlayControl).await);
    change(&svc, &ada, &id, &grace, added(&[Permission::PlayControl])).await.unwrap();
    assert!(may(&svc, &grace, &id, Permission::PlayControl).await, "the member is decided after the room");
    let own = update_role(&svc, &moderator, &id, "moderator", no_play).await;
    assert_eq!(refusal(own), Reason::RankTooLow);
    let unknown = update_role(&svc, &ada, &id, "nobody", UpdateRoleRequest::default()).await;
    assert_eq!(refusal(unknown), Reason::RoleNotFound);
    let name =
        UpdateRoleRequest { name: "x".into(), update_mask: Some(mask(&["name"])), ..Default::default() };
    assert_eq!(fields_at_fault(update_role(&svc, &ada, &id, "guest", name).await), ["name"]);
}

#[tokio::test]
async fn a_custom_role_has_a_name_a_colour_and_members() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, ada, moderator, bob, grace } = room(&svc).await;
    let create = |name: &str, base: Role, given: &[Permission]| CreateRoleRequest {
        room: id.clone(),
        name: name.into(),
        color: "#AA00ff".into(),
        base: base.into(),
        added: numbers(given),
        removed: Vec::new(),
    };
    let dj = create("DJ", Role::Member, &[Permission::ClearPlaylist]);
    let dj = svc.permissions().create_role(moderator.request(dj)).await.unwrap().into_inner().role.unwrap();
    assert_eq!((dj.name.as_str(), dj.color.as_str(), dj.base()), ("DJ", "#aa00ff", Role::Member));
    let same = create("dj", Role::Member, &[]);
    assert_eq!(refusal(svc.permissions().create_role(ada.request(same)).await), Reason::RoleNameTaken);
    let unseen = create("\u{200b}\u{200d}", Role::Member, &[]);
    assert_eq!(fields_at_fault(svc.permissions().create_role(ada.request(unseen)).await), ["name"]);
    let above = create("Boss", Role::Moderator, &[]);
    assert_eq!(refusal(svc.permissions().create_role(moderator.request(above)).await), Reason::RankTooLow);
    let lacking = create("Eraser", Role::Member, &[Permission::DeleteRoom]);
    assert_eq!(fields_at_fault(svc.permissions().create_role(ada.request(lacking)).await), ["added"]);

    let assign = UpdateMemberRequest {
        custom_role_id: dj.id.clone(),
        update_mask: Some(mask(&["custom_role_id"])),
        ..Default::default()
    };
    let grace_now = change(&svc, &moderator, &id, &grace, assign).await.unwrap();
    assert_eq!((grace_now.role(), grace_now.custom_role_id.as_str()), (Role::Member, dj.id.as_str()));
    assert!(may(&svc, &grace, &id, Permission::ClearPlaylist).await);
    assert!(!may(&svc, &bob, &id, Permission::ClearPlaylist).await);
    let roles =
        svc.permissions().list_roles(bob.request(ListRolesRequest { room: id.clone() })).await.unwrap();
    let ids: Vec<_> = roles.into_inner().roles.into_iter().map(|role| role.id).collect();
    assert_eq!(ids, ["guest", "member", "moderator", dj.id.as_str()]);
    let delete = DeleteRoleRequest { room: id.clone(), role_id: dj.id.clone() };
    svc.permissions().delete_role(moderator.request(delete.clone())).await.unwrap();
    svc.permissions().delete_role(moderator.request(delete)).await.expect("deleting again changes nothing");
    let grace_now = svc.access(&grace, &id).await.unwrap().member.unwrap();
    assert_eq!((grace_now.role(), grace_now.custom_role_id.as_str()), (Role::Member, ""));
    assert!(!may(&svc, &grace, &id, Permission::ClearPlaylist).await);
}

#[tokio::test]
async fn a_refusal_is_explained_with_the_rules_and_with_who_can_help() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, ada, moderator, bob, grace } = room(&svc).await;
    let no_play = UpdateRoleRequest {
        removed: numbers(&[Permission::PlayControl]),
        update_mask: Some(mask(&["removed"])),
        ..Default::default()
    };
    for role in ["guest", "member"] {
        update_role(&svc, &ada, &id, role, no_play.clone()).await.unwrap();
    }
    change(&svc, &ada, &id, &bob, added(&[Permission::PlayControl])).await.unwrap();
    let explained = explain(&svc, &grace, &id, Permission::PlayControl).await;
    assert!(!explained.allowed && explained.can_ask && !explained.asked);
    assert_eq!(explained.message, "You cannot control playback: the room allows it for Bob and moderators.");
    let rules: Vec<_> = explained.rules.iter().map(|rule| (rule.kind(), rule.allowed)).collect();
    assert_eq!(rules, [(Kind::RoleDefault, true), (Kind::RoomRemoved, false)]);
    let granters: Vec<_> = explained.granters.iter().map(|member| member.display_name.as_str()).collect();
    assert_eq!(granters, ["Ada", "Mod"]);
    assert_eq!((explained.members.len(), explained.member_count), (1, 1));
    assert_eq!(explained.roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>(), ["moderator"]);
    let allowed = explain(&svc, &bob, &id, Permission::PlayControl).await;
    assert!(allowed.allowed && !allowed.can_ask);
    assert_eq!(allowed.message, "You can control playback: it was given to you.");
    assert!(explain(&svc, &moderator, &id, Permission::PlayControl).await.allowed);
    let of_grace = ExplainPermissionRequest {
        room: id.clone(),
        permission: Permission::DeleteRoom.into(),
        subject_id: grace.id(),
    };
    let told = svc.permissions().explain_permission(bob.request(of_grace)).await.unwrap().into_inner();
    assert_eq!(told.message, "Grace cannot delete the room: only the owner, Ada, can.");
    assert!(!told.can_ask);
}

#[tokio::test]
async fn a_request_is_granted_in_one_step() {
    let world = World::start().await;
    let svc = world.instance().await;
    let Room { id, ada, moderator, bob, grace } = room(&svc).await;
    change(&svc, &ada, &id, &grace, removed(&[Permission::PlayControl])).await.unwrap();
    ask(&svc, &grace, &id, Permission::PlayControl).await.unwrap();
    ask(&svc, &grace, &id, Permission::PlayControl).await.expect("asking again changes nothing");
    ask(&svc, &bob, &id, Permission::ClearPlaylist).await.unwrap();
    assert!(explain(&svc, &grace, &id, Permission::PlayControl).await.asked);
    let please = |name: &str| (name.to_owned(), "please".to_owned());
    assert_eq!(waiting(&svc, &moderator, &id).await, [please("Grace"), please("Bob")]);
    assert_eq!(waiting(&svc, &bob, &id).await, [please("Bob")]);
    let by_bob = decide(&svc, &bob, &id, &grace, Permission::PlayControl, true).await;
    assert_eq!(refusal(by_bob), Reason::PermissionMissing);
    decide(&svc, &moderator, &id, &grace, Permission::PlayControl, true).await.unwrap();
    assert!(may(&svc, &grace, &id, Permission::PlayControl).await);
    let again = decide(&svc, &ada, &id, &grace, Permission::PlayControl, false).await;
    assert_eq!(refusal(again), Reason::PermissionRequestNotFound, "the first decision counts");
    decide(&svc, &moderator, &id, &bob, Permission::ClearPlaylist, false).await.unwrap();
    assert!(!may(&svc, &bob, &id, Permission::ClearPlaylist).await);
    let has = ask(&svc, &grace, &id, Permission::PlayControl).await;
    assert_eq!(fields_at_fault(has), ["permission"]);
    assert_eq!(fields_at_fault(ask(&svc, &bob, &id, Permission::DeleteRoom).await), ["permission"]);
    ask(&svc, &bob, &id, Permission::Kick).await.unwrap();
    let cancel = CancelPermissionRequestRequest { room: id.clone(), permission: Permission::Kick.into() };
    svc.permissions().cancel_permission_request(bob.request(cancel)).await.unwrap();
    assert!(waiting(&svc, &moderator, &id).await.is_empty());
    ask(&svc, &bob, &id, Permission::Kick).await.unwrap();
    svc.leave(&bob, &id).await.unwrap();
    assert!(waiting(&svc, &moderator, &id).await.is_empty(), "a request ends with the membership");
}

/// A grant and a refusal at the same moment: one of them counts, and the member is as that one says.
#[tokio::test]
async fn of_two_decisions_at_once_one_counts() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let Room { id, ada, moderator, grace, .. } = room(&here).await;
    for _ in 0..5 {
        ask(&here, &grace, &id, Permission::RemoveMedia).await.unwrap();
        let (granted, declined) = tokio::join!(
            decide(&here, &ada, &id, &grace, Permission::RemoveMedia, true),
            decide(&there, &moderator, &id, &grace, Permission::RemoveMedia, false)
        );
        assert_ne!(granted.is_ok(), declined.is_ok());
        assert_eq!(may(&there, &grace, &id, Permission::RemoveMedia).await, granted.is_ok());
        change(&here, &ada, &id, &grace, added(&[])).await.unwrap();
    }
}

/// Bad input: a member promoted and removed at the same time is a moderator who has left, or a member who never was one.
#[tokio::test]
async fn a_member_promoted_and_removed_at_once_is_never_both() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let Room { id, ada, moderator, .. } = room(&here).await;
    let people: Vec<_> = (0..10).map(|n| user(&format!("Person {n}"))).collect();
    for who in &people {
        here.join(who, &id).await.unwrap();
    }
    let races = join_all(people.iter().map(|who| async {
        tokio::join!(
            change(&here, &ada, &id, who, role(Role::Moderator)),
            crate::removals::kick(&there, &moderator, &id, who)
        )
    }))
    .await;
    for (who, (promoted, kicked)) in people.iter().zip(races) {
        match (promoted, kicked) {
            (Ok(_), kicked) => {
                assert_eq!(refusal(kicked), Reason::RankTooLow, "a moderator cannot remove a moderator");
                let now = here.access(who, &id).await.unwrap().member.unwrap();
                assert_eq!(now.role(), Role::Moderator);
            }
            (promoted, Ok(())) => {
                assert_eq!(refusal(promoted), Reason::MemberNotFound);
                assert_eq!(refusal(here.access(who, &id).await), Reason::InCooldown);
            }
            (promoted, kicked) => panic!("{promoted:?} {kicked:?}"),
        }
    }
}

/// A change is announced in the transaction that makes it: who reads the event reads the change.
#[tokio::test]
async fn each_change_is_announced_to_those_whom_it_concerns() {
    let world = World::start().await;
    let svc = world.instance().await;
    let mut reader = svc.read("test").await;
    let Room { id, ada, grace, .. } = room(&svc).await;
    reader.take(5).await;
    change(&svc, &ada, &id, &grace, mute(60)).await.unwrap();
    update_role(
        &svc,
        &ada,
        &id,
        "guest",
        UpdateRoleRequest {
            added: numbers(&[Permission::Kick]),
            update_mask: Some(mask(&["added"])),
            ..Default::default()
        },
    )
    .await
    .unwrap();
    ask(&svc, &grace, &id, Permission::RemoveMedia).await.unwrap();
    let kinds: Vec<_> = reader.take(3).await.into_iter().map(|event| event.kind.unwrap()).collect();
    let room_event::Kind::MemberChanged(member) = &kinds[0] else { panic!("{kinds:?}") };
    assert!(member.subject_id == grace.id() && member.muted_until.is_some());
    assert!(matches!(kinds[1], room_event::Kind::RolesChanged(_)));
    let room_event::Kind::PermissionRequestsChanged(changed) = &kinds[2] else { panic!("{kinds:?}") };
    assert_eq!(changed.subject_id, grace.id());
}

/// The voice switch of a room is above everyone, its owner too; what the roles include stays.
#[tokio::test]
async fn a_room_without_voice_lets_nobody_speak_and_says_so() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let switch = |disabled: bool| {
        let request = ada.request(UpdateRoomRequest {
            room: room.clone(),
            voice: Some(VoicePolicy { disabled }),
            update_mask: Some(mask(&["voice.disabled"])),
            ..Default::default()
        });
        let mut rooms = svc.rooms();
        async move { rooms.update_room(request).await.unwrap().into_inner().room.unwrap().voice.unwrap() }
    };
    let can = |who| may(&svc, who, &room, Permission::UseVoice);
    assert!(can(&ada).await && can(&bob).await);
    assert!(switch(true).await.disabled);
    assert!(!can(&ada).await && !can(&bob).await);
    for who in [&ada, &bob] {
        let explained = explain(&svc, who, &room, Permission::UseVoice).await;
        let last = explained.rules.last().unwrap();
        assert_eq!((last.kind(), last.allowed), (Kind::VoiceOff, false));
        assert_eq!(explained.message, "You cannot speak: the voice chat of this room is switched off.");
        assert!(!explained.can_ask && explained.granters.is_empty() && explained.roles.is_empty());
    }
    assert!(explain(&svc, &ada, &room, Permission::PlayControl).await.allowed, "nothing else changes");
    assert!(!switch(false).await.disabled);
    assert!(can(&ada).await && can(&bob).await);
}
