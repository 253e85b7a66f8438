//! Kick, ban, and the way back.

use std::time::Duration;

use proto::room::v1::{
    Ban, BanMemberRequest, CreateTicketRequest, JoinRoomRequest, JoinRoomResponse, KickMemberRequest,
    ListBansRequest, Permission, Role, UnbanRequest, room_event::Kind,
};
use rpc::Reason;
use tonic_types::StatusExt as _;

use crate::{
    permissions::{change, role},
    world::{Instance, Outcome, Person, World, guest, refusal, user},
};

pub(crate) async fn kick(svc: &Instance, who: &Person, room: &str, whom: &Person) -> Outcome<()> {
    let request = KickMemberRequest {
        room: room.into(),
        subject_id: whom.id(),
        cooldown_seconds: 600,
        note: "spoilers".into(),
    };
    svc.members().kick_member(who.request(request)).await.map(|_| ())
}

async fn ban(
    svc: &Instance,
    who: &Person,
    room: &str,
    whom: &Person,
    seconds: i32,
    network: bool,
) -> Outcome<Ban> {
    let request =
        BanMemberRequest { room: room.into(), subject_id: whom.id(), seconds, note: String::new(), network };
    Ok(svc.members().ban_member(who.request(request)).await?.into_inner().ban.unwrap())
}

async fn unban(svc: &Instance, who: &Person, room: &str, whom: &Person) -> Outcome<()> {
    let request = UnbanRequest { room: room.into(), subject_id: whom.id() };
    svc.members().unban(who.request(request)).await.map(|_| ())
}

/// Joins from a device and an address.
async fn join_from(
    svc: &Instance,
    who: &Person,
    room: &str,
    device: &str,
    address: &str,
) -> Outcome<JoinRoomResponse> {
    let request = JoinRoomRequest { room: room.into(), device_id: device.into(), ..Default::default() };
    let context = who.context().from_address(Some(address.parse().unwrap()));
    Ok(svc.members().join_room(context.request(request)).await?.into_inner())
}

fn metadata(outcome: Outcome<impl std::fmt::Debug>, key: &str) -> Option<String> {
    outcome.unwrap_err().get_details_error_info().unwrap().metadata.get(key).cloned()
}

/// Case W1, and the most reported fault of others: a kick that does not stick.
#[tokio::test]
async fn a_kick_sticks_until_its_cooldown_is_over() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, grace) = (user("Ada"), guest("Grace"));
    let room = svc.create(&ada).await;
    svc.join(&grace, &room.id).await.unwrap();
    kick(&svc, &ada, &room.id, &grace).await.unwrap();
    assert_eq!(svc.member_count(&room.id).await, 1);
    let again = grace.renamed("Another name");
    for who in [&grace, &again] {
        assert_eq!(refusal(svc.join(who, &room.code).await), Reason::InCooldown);
        assert_eq!(refusal(svc.access(who, &room.id).await), Reason::InCooldown);
        let ticket = CreateTicketRequest { room: room.id.clone() };
        assert_eq!(refusal(svc.members().create_ticket(who.request(ticket)).await), Reason::InCooldown);
    }
    let refused = svc.join(&grace, &room.id).await;
    let status = refused.as_ref().unwrap_err();
    assert_eq!(
        status.message(),
        "Ada removed you from this room: spoilers; you can join again at 08:10 on 15 January 2027 UTC"
    );
    assert_eq!(metadata(svc.join(&grace, &room.id).await, "until").unwrap(), "2027-01-15T08:10:00Z");
    assert_eq!(metadata(svc.join(&grace, &room.id).await, "by").unwrap(), "Ada");
    world.clock.advance(Duration::from_mins(10));
    svc.join(&grace, &room.id).await.unwrap();
}

#[tokio::test]
async fn a_moderator_who_is_removed_comes_back_as_a_member() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    change(&svc, &ada, &room, &bob, role(Role::Moderator)).await.unwrap();
    kick(&svc, &ada, &room, &bob).await.unwrap();
    unban(&svc, &ada, &room, &bob).await.unwrap();
    assert_eq!(svc.join(&bob, &room).await.unwrap().member.unwrap().role(), Role::Member);
}

#[tokio::test]
async fn a_ban_holds_for_the_account_in_this_room_until_it_ends_or_is_lifted() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = svc.create(&ada).await.id;
    let elsewhere = svc.create(&ada).await.id;
    for who in [&bob, &eve] {
        svc.join(who, &room).await.unwrap();
    }
    ban(&svc, &ada, &room, &bob, 0, false).await.unwrap();
    ban(&svc, &ada, &room, &eve, 3600, false).await.unwrap();
    assert_eq!(metadata(svc.join(&bob, &room).await, "until"), None);
    assert_eq!(refusal(svc.join(&eve, &room).await), Reason::Banned);
    svc.join(&bob, &elsewhere).await.expect("a room's ban is no ban of the account");
    let request = ListBansRequest { room: room.clone(), page_size: 1, ..Default::default() };
    let page = svc.members().list_bans(ada.request(request.clone())).await.unwrap().into_inner();
    let rest = ListBansRequest { page_token: page.next_page_token, ..request };
    let rest = svc.members().list_bans(ada.request(rest)).await.unwrap().into_inner();
    assert_eq!(rest.next_page_token, "");
    let mut names: Vec<_> = page.bans.iter().chain(&rest.bans).map(|ban| ban.display_name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Bob", "Eve"]);
    world.clock.advance(Duration::from_hours(1));
    svc.join(&eve, &room).await.expect("it has ended");
    unban(&svc, &ada, &room, &bob).await.unwrap();
    unban(&svc, &ada, &room, &bob).await.expect("lifting it again changes nothing");
    svc.join(&bob, &room).await.unwrap();
}

#[tokio::test]
async fn a_banned_guest_does_not_come_back_as_another_guest_of_the_same_device() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, mallory) = (user("Ada"), guest("Mallory"));
    let room = svc.create(&ada).await.id;
    join_from(&svc, &mallory, &room, "0123456789abcdef", "192.0.2.1").await.unwrap();
    ban(&svc, &ada, &room, &mallory, 0, false).await.unwrap();
    let fresh = guest("Innocent");
    let refused = join_from(&svc, &fresh, &room, "0123456789abcdef", "198.51.100.1").await;
    assert_eq!(refusal(refused), Reason::Banned);
    join_from(&svc, &guest("Neighbour"), &room, "fedcba9876543210", "192.0.2.1")
        .await
        .expect("others of the network may join");
    join_from(&svc, &user("Sister"), &room, "0123456789abcdef", "192.0.2.1")
        .await
        .expect("an account answers for itself");
}

#[tokio::test]
async fn a_ban_of_the_network_keeps_new_guests_out_for_a_day() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, mallory, inside) = (user("Ada"), guest("Mallory"), guest("Inside"));
    let room = svc.create(&ada).await.id;
    for who in [&mallory, &inside] {
        join_from(&svc, who, &room, "", "2001:db8::1").await.unwrap();
    }
    assert!(ban(&svc, &ada, &room, &mallory, 0, true).await.unwrap().network);
    let refused = join_from(&svc, &guest("New"), &room, "", "2001:db8::2").await;
    assert_eq!(refusal(refused), Reason::Banned, "one /64 is one network");
    join_from(&svc, &inside, &room, "", "2001:db8::1").await.expect("members stay");
    join_from(&svc, &guest("Elsewhere"), &room, "", "2001:db8:1::1").await.unwrap();
    world.clock.advance(Duration::from_hours(24));
    join_from(&svc, &guest("Next day"), &room, "", "2001:db8::2").await.unwrap();
    assert_eq!(refusal(join_from(&svc, &mallory, &room, "", "198.51.100.9").await), Reason::Banned);
}

/// Case W8.
#[tokio::test]
async fn removing_needs_the_permission_and_the_rank() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, one, two, bob) = (user("Ada"), user("One"), user("Two"), user("Bob"));
    let room = svc.create(&ada).await.id;
    for who in [&one, &two, &bob] {
        svc.join(who, &room).await.unwrap();
    }
    for who in [&one, &two] {
        change(&svc, &ada, &room, who, role(Role::Moderator)).await.unwrap();
    }
    for whom in [&ada, &two, &one] {
        assert_eq!(refusal(kick(&svc, &one, &room, whom).await), Reason::RankTooLow);
        assert_eq!(refusal(ban(&svc, &one, &room, whom, 0, false).await), Reason::RankTooLow);
    }
    assert_eq!(refusal(kick(&svc, &bob, &room, &one).await), Reason::PermissionMissing);
    assert_eq!(refusal(ban(&svc, &bob, &room, &one, 0, false).await), Reason::PermissionMissing);
    svc.leave(&ada, &room).await.unwrap();
    let owner = svc.get(&room).await.unwrap().owner_id;
    assert_eq!(owner, one.id());
    svc.leave(&two, &room).await.unwrap();
    change(&svc, &one, &room, &bob, role(Role::Moderator)).await.unwrap();
    let absent = ban(&svc, &bob, &room, &two, 0, false).await;
    assert_eq!(refusal(absent), Reason::RankTooLow, "a moderator who has left is one all the same");
    assert_eq!(refusal(kick(&svc, &bob, &room, &two).await), Reason::RankTooLow);
    let stranger = user("Stranger");
    assert_eq!(refusal(kick(&svc, &bob, &room, &stranger).await), Reason::MemberNotFound);
    ban(&svc, &bob, &room, &stranger, 0, false).await.unwrap();
    assert_eq!(refusal(svc.join(&stranger, &room).await), Reason::Banned);
}

#[tokio::test]
async fn the_room_is_told_who_removed_whom() {
    let world = World::start().await;
    let svc = world.instance().await;
    let mut reader = svc.read("test").await;
    let (ada, grace) = (user("Ada"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    svc.join(&grace, &room).await.unwrap();
    reader.take(2).await;
    kick(&svc, &ada, &room, &grace).await.unwrap();
    let events = reader.take(2).await;
    assert!(matches!(events[0].kind, Some(Kind::BansChanged(_))));
    assert_eq!(events[1].kind, Some(Kind::MemberLeft(grace.id())));
    let removal = events[1].removal.as_ref().unwrap();
    assert_eq!((removal.by_name.as_str(), removal.banned), ("Ada", false));
}

#[tokio::test]
async fn a_cooldown_is_lifted_by_who_may_remove() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, grace) = (user("Ada"), user("Bob"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    for who in [&bob, &grace] {
        svc.join(who, &room).await.unwrap();
    }
    kick(&svc, &ada, &room, &grace).await.unwrap();
    assert_eq!(refusal(unban(&svc, &bob, &room, &grace).await), Reason::PermissionMissing);
    let kicks = proto::room::v1::UpdateMemberRequest {
        added: vec![Permission::Kick.into()],
        update_mask: Some(crate::permissions::mask(&["added"])),
        ..Default::default()
    };
    change(&svc, &ada, &room, &bob, kicks).await.unwrap();
    unban(&svc, &bob, &room, &grace).await.unwrap();
    svc.join(&grace, &room).await.unwrap();
    ban(&svc, &ada, &room, &grace, 0, false).await.unwrap();
    assert_eq!(refusal(unban(&svc, &bob, &room, &grace).await), Reason::PermissionMissing);
}
