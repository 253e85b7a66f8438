use futures::future::join_all;
use proto::room::v1::{CreateRoomRequest, GetAccessResponse, ListMembersRequest, Permission, Role};
use rpc::Reason;

use crate::world::{Instance, Person, World, guest, refusal, user};

async fn members(svc: &Instance, who: &Person, room: &str) -> Vec<(String, Role)> {
    let request = ListMembersRequest { room: room.into(), ..Default::default() };
    let members = svc.members().list_members(who.request(request)).await.unwrap().into_inner().members;
    members.into_iter().map(|member| (member.display_name.clone(), member.role())).collect()
}

#[tokio::test]
async fn joining_again_changes_only_the_display_name() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    let first = svc.join(&bob, &room).await.unwrap();
    assert_eq!(svc.member_count(&room).await, 2);
    let again = svc.join(&bob, &room).await.unwrap();
    assert_eq!((&again.room, &again.member), (&first.room, &first.member));
    let renamed = svc.join(&bob.renamed("Robert"), &room).await.unwrap();
    assert_eq!(renamed.room, first.room);
    let expected = [("Ada".to_owned(), Role::Owner), ("Robert".to_owned(), Role::Guest)];
    assert_eq!(members(&svc, &ada, &room).await, expected);
}

#[tokio::test]
async fn the_last_seat_is_taken_once() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let request = CreateRoomRequest { max_participants: 2, ..Default::default() };
    let room = here.try_create(&ada, request).await.unwrap().id;
    let people: Vec<_> = (0..10).map(|n| guest(&format!("Guest {n}"))).collect();
    let joins = people
        .iter()
        .enumerate()
        .map(|(n, who)| if n % 2 == 0 { here.join(who, &room) } else { there.join(who, &room) });
    let outcomes = join_all(joins).await;
    let (joined, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(joined.len(), 1);
    for outcome in refused {
        assert_eq!(refusal(outcome), Reason::RoomFull);
    }
    assert_eq!(here.member_count(&room).await, 2);
    here.join(&ada, &room).await.expect("who is in needs no seat");
}

#[tokio::test]
async fn concurrent_joins_of_one_person_take_one_seat() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    for outcome in join_all((0..8).map(|_| svc.join(&bob, &room))).await {
        outcome.unwrap();
    }
    assert_eq!(svc.member_count(&room).await, 2);
    assert_eq!(members(&svc, &ada, &room).await.len(), 2);
}

#[tokio::test]
async fn a_room_closed_to_guests_admits_accounts() {
    let world = World::start().await;
    let svc = world.instance().await;
    let request = CreateRoomRequest { guests_forbidden: true, ..Default::default() };
    let room = svc.try_create(&user("Ada"), request).await.unwrap().id;
    assert_eq!(refusal(svc.join(&guest("Grace"), &room).await), Reason::GuestsNotAllowed);
    assert_eq!(svc.join(&user("Bob"), &room).await.unwrap().member.unwrap().role(), Role::Member);
}

#[tokio::test]
async fn a_token_bound_to_another_room_is_rejected() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let (here, there) = (svc.create(&ada).await, svc.create(&ada).await);
    let bob = guest("Bob").bound_to(&here);
    svc.join(&bob, &here.code).await.unwrap();
    assert_eq!(refusal(svc.join(&bob, &there.code).await), Reason::TokenForAnotherRoom);
    assert_eq!(refusal(svc.access(&bob, &there.id).await), Reason::TokenForAnotherRoom);
    assert_eq!(refusal(svc.say(&bob, &there.id, "hello", "1").await), Reason::TokenForAnotherRoom);
    assert_eq!(refusal(svc.leave(&bob, &there.id).await), Reason::TokenForAnotherRoom);
}

#[tokio::test]
async fn a_leaving_owner_hands_the_room_to_the_earliest_member() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.join(&eve, &room).await.unwrap();
    svc.leave(&ada, &room).await.unwrap();
    svc.leave(&ada, &room).await.expect("leaving again changes nothing");
    assert_eq!(svc.get(&room).await.unwrap().owner_id, bob.id());
    let expected = [("Bob".to_owned(), Role::Owner), ("Eve".to_owned(), Role::Member)];
    assert_eq!(members(&svc, &eve, &room).await, expected);
    assert_eq!(svc.join(&ada, &room).await.unwrap().member.unwrap().role(), Role::Member);
}

#[tokio::test]
async fn an_empty_room_keeps_its_owner() {
    let world = World::start().await;
    let svc = world.instance().await;
    let grace = guest("Grace");
    let request = CreateRoomRequest { guests_forbidden: true, ..Default::default() };
    let room = svc.try_create(&grace, request).await.unwrap().id;
    svc.leave(&grace, &room).await.unwrap();
    assert_eq!(svc.member_count(&room).await, 0);
    svc.join(&user("Bob"), &room).await.unwrap();
    assert_eq!(svc.join(&grace, &room).await.unwrap().member.unwrap().role(), Role::Owner);
}

#[tokio::test]
async fn access_lists_the_permissions_of_a_member() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, grace) = (user("Ada"), user("Bob"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    assert_eq!(refusal(svc.access(&bob, &room).await), Reason::NotAMember);
    svc.join(&bob, &room).await.unwrap();
    svc.join(&grace, &room).await.unwrap();
    let may = |access: &GetAccessResponse, permission: Permission| {
        access.permissions().any(|other| other == permission)
    };
    for who in [&bob, &grace] {
        let access = svc.access(who, &room).await.unwrap();
        assert!(may(&access, Permission::PlayControl) && !may(&access, Permission::RemoveMedia));
    }
    assert!(may(&svc.access(&ada, &room).await.unwrap(), Permission::DeleteRoom));
    svc.leave(&bob, &room).await.unwrap();
    assert_eq!(refusal(svc.access(&bob, &room).await), Reason::NotAMember);
}

#[tokio::test]
async fn members_are_listed_in_join_order_with_pagination() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("0");
    let room = svc.create(&ada).await.id;
    for n in 1..5 {
        svc.join(&guest(&n.to_string()), &room).await.unwrap();
    }
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let request =
            ListMembersRequest { room: room.clone(), page_size: 2, page_token: token, ..Default::default() };
        let page = svc.members().list_members(ada.request(request)).await.unwrap().into_inner();
        assert!(page.members.len() <= 2);
        names.extend(page.members.into_iter().map(|member| member.display_name));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["0", "1", "2", "3", "4"]);
    let stranger = user("Mallory");
    let request = ListMembersRequest { room, ..Default::default() };
    assert_eq!(refusal(svc.members().list_members(stranger.request(request)).await), Reason::NotAMember);
}
