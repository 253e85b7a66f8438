use std::collections::HashSet;

use futures::future::join_all;
use proto::room::v1::{
    CreateRoomRequest, DeleteRoomRequest, GetInvitePreviewRequest, GetInvitePreviewResponse,
    ListRoomsRequest, Role, UpdateRoomRequest, Visibility,
};
use rpc::Reason;
use tonic_types::StatusExt as _;

use crate::world::{World, fields_at_fault, guest, nobody, refusal, user};

fn named(name: &str) -> CreateRoomRequest {
    CreateRoomRequest { name: name.into(), ..Default::default() }
}

#[tokio::test]
async fn the_creator_of_a_room_is_its_owner_and_first_member() {
    let world = World::start().await;
    let svc = world.instance().await;
    for who in [user("Ada"), guest("Grace")] {
        let room = svc.create(&who).await;
        let name = &who.identity().display_name;
        assert_eq!((room.name.clone(), room.owner_id.clone()), (format!("{name}'s room"), who.id()));
        assert_eq!((room.visibility(), room.max_participants), (Visibility::Unlisted, 50));
        assert_eq!(svc.member_count(&room.id).await, 1);
        let access = svc.access(&who, &room.code).await.unwrap();
        assert_eq!(access.member.unwrap().role(), Role::Owner);
        assert_eq!(access.room, Some(room));
    }
}

#[tokio::test]
async fn a_room_is_found_by_id_and_by_code_in_any_spelling() {
    let world = World::start().await;
    let svc = world.instance().await;
    let room = svc.create(&user("Ada")).await;
    let typed = format!("{} {}", &room.code[..4], &room.code[4..]).to_uppercase();
    for key in [&room.id, &room.code, &typed] {
        assert_eq!(svc.get(key).await.unwrap(), room, "{key}");
    }
    for nowhere in ["22222222", "room_01h455vb4pex5vsknk084sn02q", "user_01h455vb4pex5vsknk084sn02q", "?"] {
        assert_eq!(refusal(svc.get(nowhere).await), Reason::RoomNotFound, "{nowhere}");
        assert_eq!(refusal(svc.join(&user("Bob"), nowhere).await), Reason::RoomNotFound, "{nowhere}");
    }
}

// Case P6.
#[tokio::test]
async fn a_preview_describes_public_rooms_and_nothing_else() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let preview = async |room: &str| {
        let request = nobody().request(GetInvitePreviewRequest { room: room.into() });
        svc.rooms().get_invite_preview(request).await.unwrap().into_inner()
    };
    let public = CreateRoomRequest { visibility: Visibility::Public.into(), ..named("Film night") };
    let public = svc.try_create(&ada, public).await.unwrap();
    let described = |item_title: &str| GetInvitePreviewResponse {
        room_name: "Film night".into(),
        item_title: item_title.into(),
    };
    assert_eq!(preview(&public.code).await, described(""));
    for title in ["first", "second"] {
        svc.append(&ada, &public.id, title, title).await.unwrap();
    }
    for key in [&public.code, &public.code.to_uppercase(), &public.id] {
        assert_eq!(preview(key).await, described("first"), "{key}");
    }
    let unlisted = svc.try_create(&ada, named("Secret")).await.unwrap();
    svc.append(&ada, &unlisted.id, "secret", "s").await.unwrap();
    for nothing in [&unlisted.code, &unlisted.id, "22222222", "room_01h455vb4pex5vsknk084sn02q", "?"] {
        assert_eq!(preview(nothing).await, GetInvitePreviewResponse::default(), "{nothing}");
    }
}

#[tokio::test]
async fn concurrent_retries_of_one_request_create_one_room() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let request = CreateRoomRequest { request_id: "r1".into(), ..named("Film night") };
    let rooms = join_all((0..8).map(|_| svc.try_create(&ada, request.clone()))).await;
    let ids: HashSet<_> = rooms.into_iter().map(|room| room.unwrap().id).collect();
    assert_eq!(ids.len(), 1);
    let other = svc.try_create(&user("Bob"), request).await.unwrap();
    assert!(!ids.contains(&other.id), "another person's request is another one");
    assert_ne!(svc.create(&ada).await.id, svc.create(&ada).await.id, "no request id, no idempotency");
}

#[tokio::test]
async fn invalid_names_are_rejected_by_field() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    for name in ["x".repeat(10_000), "bell\u{7}".into(), "flip\u{202e}ped".into()] {
        assert_eq!(fields_at_fault(svc.try_create(&ada, named(&name)).await), ["name"]);
    }
    let alone = CreateRoomRequest { max_participants: 1, ..Default::default() };
    assert_eq!(fields_at_fault(svc.try_create(&ada, alone).await), ["max_participants"]);
    assert_eq!(svc.try_create(&ada, named("  Film night ")).await.unwrap().name, "Film night");
}

#[tokio::test]
async fn creating_a_room_needs_a_token_not_bound_to_another_room() {
    let world = World::start().await;
    let svc = world.instance().await;
    let nobody = svc.try_create(&nobody(), CreateRoomRequest::default()).await;
    assert_eq!(refusal(nobody), Reason::Unauthenticated);
    let room = svc.create(&user("Ada")).await;
    let bound = guest("Bob").bound_to(&room);
    assert_eq!(
        refusal(svc.try_create(&bound, CreateRoomRequest::default()).await),
        Reason::TokenForAnotherRoom
    );
}

#[tokio::test]
async fn public_rooms_are_listed_newest_first_with_pagination() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let mut made = Vec::new();
    for _ in 0..5 {
        let public = CreateRoomRequest { visibility: Visibility::Public.into(), ..Default::default() };
        made.push(svc.try_create(&ada, public).await.unwrap().id);
        svc.create(&ada).await;
    }
    made.reverse();
    let (mut listed, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let request = ListRoomsRequest { page_size: 2, page_token: token, ..Default::default() };
        let page = svc.rooms().list_rooms(request).await.unwrap().into_inner();
        assert!(page.rooms.iter().all(|summary| summary.member_count == 1));
        listed.extend(page.rooms.into_iter().map(|summary| summary.room.unwrap().id));
        (token, pages) = (page.next_page_token, pages + 1);
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((listed, pages), (made, 3));
    for token in ["garbage", "AAAA", "!"] {
        let request = ListRoomsRequest { page_token: token.into(), ..Default::default() };
        assert_eq!(refusal(svc.rooms().list_rooms(request).await), Reason::PageTokenInvalid);
    }
}

#[tokio::test]
async fn only_the_owner_deletes_a_room_and_no_row_remains() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await;
    svc.join(&bob, &room.id).await.unwrap();
    svc.append(&bob, &room.id, "film", "").await.unwrap();
    svc.say(&bob, &room.id, "hello", "1").await.unwrap();
    let delete = DeleteRoomRequest { room: room.code.clone() };
    let refused = svc.rooms().delete_room(bob.request(delete.clone())).await.unwrap_err();
    assert_eq!(refused.get_details_error_info().unwrap().metadata["permission"], "delete_room");
    assert_eq!(refusal(Err::<(), _>(refused)), Reason::PermissionMissing);
    svc.rooms().delete_room(ada.request(delete.clone())).await.unwrap();
    assert_eq!(refusal(svc.get(&room.id).await), Reason::RoomNotFound);
    assert_eq!(refusal(svc.say(&bob, &room.id, "still here?", "2").await), Reason::RoomNotFound);
    assert_eq!(refusal(svc.rooms().delete_room(ada.request(delete)).await), Reason::RoomNotFound);
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM room.members) + (SELECT count(*) FROM room.items) + (SELECT count(*) FROM room.messages)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_readers_see_every_earlier_commit() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let rooms = join_all((0..4).map(|_| svc.create(&ada))).await;
    // Each writer reads its own room after each of its changes; the reads of all share statements.
    let write_and_read = async |room: &proto::room::v1::Room| {
        for turn in 0..20 {
            let name = format!("turn {turn}");
            let request =
                UpdateRoomRequest { room: room.id.clone(), name: name.clone(), ..Default::default() };
            svc.rooms().update_room(ada.request(request)).await.unwrap();
            let reads = [room.id.as_str(), &room.code, "22222222"].map(|key| svc.get(key));
            let [by_id, by_code, nowhere] = join_all(reads).await.try_into().unwrap();
            assert_eq!((by_id.unwrap().name, by_code.unwrap().name), (name.clone(), name));
            assert_eq!(refusal(nowhere), Reason::RoomNotFound);
        }
    };
    join_all(rooms.iter().map(write_and_read)).await;
}
