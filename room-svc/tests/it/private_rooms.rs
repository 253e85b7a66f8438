//! Private rooms: for strangers they do not exist.

use proto::room::v1::{
    AccessState, AddFavouriteRequest, CreateInviteRequest, CreateRoomRequest, ExplainPermissionRequest,
    ForgetHistoryRequest, GetJoinStateRequest, GetJoinStateResponse, GetRoomRequest, GetRoomResponse,
    JoinPolicy, JoinRoomRequest, LeaveRoomRequest, ListMyRoomsRequest, MyRooms, Permission, ReadRoomRequest,
    RecoverRoomRequest, RemoveFavouriteRequest, Room, StartRoomPasswordProofRequest, UpdateRoomRequest,
    Visibility,
};
use rpc::Reason;

use crate::{
    joining::{
        ADDRESS, asking, decide, for_room, invite, join, plain, set_password, with_invite, with_password,
    },
    permissions::mask,
    removals::kick,
    world::{Instance, Outcome, Person, World, guest, nobody, refusal, user},
};

async fn private(svc: &Instance, owner: &Person, approval: bool) -> Room {
    let request = CreateRoomRequest {
        visibility: Visibility::Private.into(),
        description: "Secret plans".into(),
        join: Some(JoinPolicy { approval, ..Default::default() }),
        ..Default::default()
    };
    svc.try_create(owner, request).await.unwrap()
}

async fn look(svc: &Instance, who: &Person, room: &str, invite: &str) -> Outcome<GetRoomResponse> {
    let request = GetRoomRequest { room: room.into(), invite: invite.into() };
    Ok(svc.rooms().get_room(who.request(request)).await?.into_inner())
}

async fn met(svc: &Instance, who: &Person, room: &str, invite: &str) -> Outcome<GetJoinStateResponse> {
    let request = GetJoinStateRequest { room: room.into(), invite: invite.into(), ..Default::default() };
    Ok(svc.members().get_join_state(who.request(request)).await?.into_inner())
}

async fn mine(svc: &Instance, who: &Person, which: MyRooms) -> Vec<String> {
    let request = ListMyRoomsRequest { which: which.into(), ..Default::default() };
    let page = svc.my_rooms().list_my_rooms(who.request(request)).await.unwrap().into_inner();
    page.rooms.into_iter().map(|summary| summary.room.unwrap().id).collect()
}

#[tokio::test]
async fn for_strangers_a_private_room_does_not_exist() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = private(&svc, &ada, false).await;
    assert_eq!(room.visibility(), Visibility::Private);
    set_password(&svc, &ada, &room.id, "open sesame").await.unwrap();
    for name in [&room.id, &room.code] {
        for who in [&bob, &nobody()] {
            let refused = look(&svc, who, name, "").await.unwrap_err();
            let absent = look(&svc, who, "zzzzzzzz", "").await.unwrap_err();
            assert_eq!(
                refused.message().replace(name.as_str(), "…"),
                absent.message().replace("zzzzzzzz", "…"),
                "a room that does not exist is told in the same words"
            );
        }
        assert_eq!(refusal(met(&svc, &bob, name, "").await), Reason::RoomNotFound);
        // Neither the code nor the password opens it.
        assert_eq!(refusal(svc.join(&bob, name).await), Reason::RoomNotFound);
        for password in ["open sesame", "wrong"] {
            let request = bob.request(with_password(name, password));
            assert_eq!(refusal(svc.members().join_room(request).await), Reason::RoomNotFound);
        }
        let asks = svc.members().join_room(bob.request(asking(name))).await;
        assert_eq!(refusal(asks), Reason::RoomNotFound);
    }
    // Nor does any other call tell that there is a room.
    let name = || room.code.clone();
    assert_eq!(refusal(svc.access(&bob, &name()).await), Reason::RoomNotFound);
    assert_eq!(refusal(svc.leave(&bob, &name()).await), Reason::RoomNotFound);
    let update = UpdateRoomRequest { room: name(), name: "Mine".into(), ..Default::default() };
    assert_eq!(refusal(svc.rooms().update_room(bob.request(update)).await), Reason::RoomNotFound);
    assert_eq!(refusal(set_password(&svc, &bob, &name(), "mine").await), Reason::RoomNotFound);
    let proof = StartRoomPasswordProofRequest { room: name(), start: "AA".into() };
    assert_eq!(
        refusal(svc.members().start_room_password_proof(bob.request(proof)).await),
        Reason::RoomNotFound
    );
    let explain =
        ExplainPermissionRequest { room: name(), permission: Permission::Vote.into(), ..Default::default() };
    assert_eq!(
        refusal(svc.permissions().explain_permission(bob.request(explain)).await),
        Reason::RoomNotFound
    );
    let recover = RecoverRoomRequest { room: name(), secret: "guess".into() };
    assert_eq!(refusal(svc.rooms().recover_room(bob.request(recover)).await), Reason::RoomNotFound);
    let favourite = AddFavouriteRequest { room: name() };
    assert_eq!(refusal(svc.my_rooms().add_favourite(bob.request(favourite)).await), Reason::RoomNotFound);
    let favourite = RemoveFavouriteRequest { room: name() };
    assert_eq!(refusal(svc.my_rooms().remove_favourite(bob.request(favourite)).await), Reason::RoomNotFound);
    let history = ForgetHistoryRequest { room: name() };
    assert_eq!(refusal(svc.my_rooms().forget_history(bob.request(history)).await), Reason::RoomNotFound);
    // The owner, and the services of the installation, read it as any other.
    let seen = look(&svc, &ada, &room.code, "").await.unwrap();
    assert_eq!(
        (seen.access(), seen.room.unwrap().description.as_str()),
        (AccessState::Enter, "Secret plans")
    );
    let read = svc.rooms().read_room(nobody().request(ReadRoomRequest { room_id: room.id.clone() })).await;
    assert_eq!(read.unwrap().into_inner().room.unwrap().description, "Secret plans");
}

/// A code that finds a private room counts as wrong, or its owner's guests could be told from nothing.
#[tokio::test]
async fn the_code_of_a_private_room_counts_as_a_wrong_one() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let (private, open) = (private(&svc, &ada, false).await, svc.create(&ada).await);
    for _ in 0..5 {
        assert_eq!(refusal(join(&svc, &bob, plain(&private.code)).await), Reason::RoomNotFound);
    }
    assert_eq!(refusal(join(&svc, &bob, plain(&open.code)).await), Reason::RoomCodesBlocked);
    let context = nobody().context().from_address(Some(ADDRESS.parse().unwrap()));
    let request = GetRoomRequest { room: open.code, ..Default::default() };
    assert_eq!(refusal(svc.rooms().get_room(context.request(request)).await), Reason::RoomCodesBlocked);
}

#[tokio::test]
async fn an_invite_finds_and_opens_a_private_room_until_it_is_over() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), guest("Eve"));
    let (room, other) = (private(&svc, &ada, false).await, private(&svc, &ada, false).await);
    let request = CreateInviteRequest { max_uses: 1, ..for_room(&room.id) };
    let code = invite(&svc, &ada, request).await.unwrap().code;
    let seen = look(&svc, &bob, &room.code, &code).await.unwrap();
    let (access, shown) = (seen.access(), seen.room.unwrap());
    assert_eq!((access, shown.name.as_str()), (AccessState::Join, room.name.as_str()));
    assert_eq!(shown.description, "", "only its door");
    assert_eq!(met(&svc, &bob, &room.code, &code).await.unwrap().state(), AccessState::Join);
    assert_eq!(
        refusal(look(&svc, &bob, &other.code, &code).await),
        Reason::RoomNotFound,
        "it is for its room"
    );
    let elsewhere = JoinRoomRequest { room: other.code.clone(), ..with_invite("", &code) };
    assert_eq!(refusal(svc.members().join_room(bob.request(elsewhere)).await), Reason::RoomNotFound);
    assert_eq!(
        refusal(svc.members().join_room(bob.request(with_invite(&room.code, "zzzzzzzz"))).await),
        Reason::RoomNotFound
    );
    let joined = svc.members().join_room(bob.request(with_invite(&room.code, &code))).await.unwrap();
    assert_eq!(joined.into_inner().state(), AccessState::Enter);
    let seen = look(&svc, &bob, &room.code, "").await.unwrap();
    assert_eq!(
        (seen.access(), seen.room.unwrap().description.as_str()),
        (AccessState::Enter, "Secret plans")
    );
    // Whoever holds an invite that is over is told so.
    assert_eq!(refusal(look(&svc, &eve, &room.code, &code).await), Reason::InviteUsedUp);
    let late = svc.members().join_room(eve.request(with_invite(&room.code, &code))).await;
    assert_eq!(refusal(late), Reason::InviteUsedUp);
    // Without the membership it is gone again, also from the lists of the person.
    let favourite = AddFavouriteRequest { room: room.id.clone() };
    svc.my_rooms().add_favourite(bob.request(favourite)).await.unwrap();
    assert_eq!(mine(&svc, &bob, MyRooms::Favourites).await, [room.id.as_str()]);
    let leave = LeaveRoomRequest { room: room.id.clone() };
    svc.members().leave_room(bob.request(leave)).await.unwrap();
    for which in [MyRooms::Favourites, MyRooms::History, MyRooms::Joined] {
        assert!(mine(&svc, &bob, which).await.is_empty(), "{which:?}");
    }
    assert_eq!(refusal(svc.join(&bob, &room.code).await), Reason::RoomNotFound);
    let favourite = RemoveFavouriteRequest { room: room.id };
    svc.my_rooms().remove_favourite(bob.request(favourite)).await.expect("one's own list can be tidied");
}

#[tokio::test]
async fn a_private_room_that_takes_requests_shows_its_door() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = private(&svc, &ada, true).await;
    let seen = look(&svc, &bob, &room.code, "").await.unwrap();
    assert_eq!(seen.access(), AccessState::RequestApproval);
    assert_eq!((seen.room.unwrap().description.as_str(), seen.member_count), ("", 0));
    assert_eq!(svc.join(&bob, &room.code).await.unwrap().state(), AccessState::RequestApproval);
    let asked = svc.members().join_room(bob.request(asking(&room.code))).await.unwrap().into_inner();
    assert_eq!((asked.state(), asked.room.unwrap().description.as_str()), (AccessState::Pending, ""));
    // The host no longer takes requests: who waits still finds the room, and nobody else does.
    let closed = UpdateRoomRequest {
        room: room.id.clone(),
        update_mask: Some(mask(&["join.approval"])),
        ..Default::default()
    };
    svc.rooms().update_room(ada.request(closed)).await.unwrap();
    assert_eq!(look(&svc, &bob, &room.code, "").await.unwrap().access(), AccessState::Pending);
    assert_eq!(met(&svc, &bob, &room.code, "").await.unwrap().state(), AccessState::Pending);
    assert_eq!(refusal(look(&svc, &eve, &room.code, "").await), Reason::RoomNotFound);
    decide(&svc, &ada, &room.id, &bob, true).await.unwrap();
    svc.join(&bob, &room.code).await.unwrap().member.expect("they were let in");
    kick(&svc, &ada, &room.id, &bob).await.unwrap();
    assert_eq!(refusal(svc.access(&bob, &room.id).await), Reason::InCooldown, "their open page says why");
    assert_eq!(refusal(svc.join(&bob, &room.code).await), Reason::RoomNotFound);
}
