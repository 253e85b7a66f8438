//! Rooms that close, end, and come back; the recovery link; the log.

use proto::room::v1::{
    CloseReason, CloseRoomRequest, CreateRecoveryRequest, CreateRoomRequest, CreateTicketRequest,
    HandOverReason, ListLogRequest, RecoverRoomRequest, RedeemTicketRequest, ReopenRoomRequest, Role, Room,
    RoomState, TransferRoomRequest, UpdateRoomRequest, room_event::Kind,
};
use rpc::Reason;

use crate::{
    live::{after, becomes, present, report},
    world::{Instance, Outcome, Person, World, fields_at_fault, guest, nobody, refusal, us, user},
};

async fn close(svc: &Instance, who: &Person, room: &Room) -> Outcome<Room> {
    let request = who.request(CloseRoomRequest { room: room.id.clone() });
    Ok(svc.rooms().close_room(request).await?.into_inner().room.unwrap())
}

async fn reopen(svc: &Instance, who: &Person, room: &Room) -> Outcome<Room> {
    let request = who.request(ReopenRoomRequest { room: room.id.clone() });
    Ok(svc.rooms().reopen_room(request).await?.into_inner().room.unwrap())
}

#[tokio::test]
async fn nobody_enters_a_closed_room_until_it_is_reopened() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await;
    let ticket = svc.join(&bob, &room.id).await.unwrap().ticket;
    let mut reader = svc.read("test").await;
    reader.take(2).await;
    assert_eq!(refusal(close(&svc, &bob, &room).await), Reason::PermissionMissing);
    let closed = close(&svc, &ada, &room).await.unwrap();
    assert_eq!((closed.closed, closed.close_reason()), (true, CloseReason::ByHost));
    assert_eq!((closed.state(), closed.expires_at), (RoomState::Ended, None), "an account's room stays");
    assert_eq!(close(&svc, &ada, &room).await.unwrap(), closed, "it is closed already");
    let told: Vec<_> = reader.take(2).await.into_iter().map(|event| event.kind.unwrap()).collect();
    assert!(matches!(&told[..], [Kind::RoomUpdated(told), Kind::RoomClosed(_)] if *told == closed));

    assert_eq!(refusal(svc.join(&ada, &room.id).await), Reason::RoomClosed);
    assert_eq!(refusal(svc.join(&user("Cleo"), &room.id).await), Reason::RoomClosed);
    let request = CreateTicketRequest { room: room.id.clone() };
    assert_eq!(refusal(svc.members().create_ticket(bob.request(request)).await), Reason::RoomClosed);
    let request = RedeemTicketRequest { room: room.id.clone(), ticket };
    assert_eq!(refusal(svc.members().redeem_ticket(nobody().request(request)).await), Reason::RoomClosed);
    assert!(svc.access(&ada, &room.id).await.unwrap().room.unwrap().closed, "it can still be managed");

    let reopened = reopen(&svc, &ada, &room).await.unwrap();
    assert_eq!((reopened.closed, reopened.closed_at), (false, None));
    assert_eq!(reopen(&svc, &ada, &room).await.unwrap(), reopened);
    svc.join(&bob, &room.id).await.unwrap();
}

// Case A2: what guests leave behind does not stay.
#[tokio::test]
async fn the_room_of_a_guest_ends_and_is_deleted_and_that_of_an_account_stays() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, grace) = (user("Ada"), guest("Grace"));
    let (stays, ends) = (svc.create(&ada).await, svc.create(&grace).await);
    assert_eq!(stays.expires_at, None);
    assert_eq!(ends.expires_at, Some(after(&world, 24)));
    report(&svc, present(&ends, 1, &[&grace])).await.unwrap();
    assert_eq!(svc.get(&ends.id).await.unwrap().expires_at, None, "somebody is there");
    report(&svc, present(&ends, 2, &[])).await.unwrap();
    assert_eq!(svc.get(&ends.id).await.unwrap().expires_at, Some(after(&world, 24)));

    world.clock.advance(us(24 * 3_600_000_000));
    let _second = world.instance().await;
    becomes(&svc, &ends.id, |room| room.as_ref().unwrap().closed).await;
    let ended = svc.get(&ends.id).await.unwrap();
    assert_eq!((ended.close_reason(), ended.expires_at), (CloseReason::Idle, Some(after(&world, 24))));
    world.clock.advance(us(24 * 3_600_000_000));
    let (_third, _fourth) = (world.instance().await, world.instance().await);
    becomes(&svc, &ends.id, Result::is_err).await;
    assert!(!svc.get(&stays.id).await.unwrap().closed);
}

#[tokio::test]
async fn a_room_ends_at_the_time_and_after_the_hours_that_it_has_chosen() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let request = CreateRoomRequest {
        starts_at: Some(after(&world, 1)),
        ends_at: Some(after(&world, 5)),
        idle_hours: 2,
        ..Default::default()
    };
    let room = svc.try_create(&ada, request).await.unwrap();
    assert_eq!((room.starts_at, room.ends_at), (Some(after(&world, 1)), Some(after(&world, 5))));
    assert_eq!(room.expires_at, Some(after(&world, 2)));
    report(&svc, present(&room, 1, &[&ada])).await.unwrap();
    assert_eq!(svc.get(&room.id).await.unwrap().expires_at, Some(after(&world, 5)));
    let past =
        UpdateRoomRequest { room: room.id.clone(), ends_at: Some(after(&world, -1)), ..Default::default() };
    let outcome = svc.rooms().update_room(ada.request(past)).await.map(|_| ());
    assert_eq!(fields_at_fault(outcome), ["ends_at"]);

    world.clock.advance(us(5 * 3_600_000_000));
    let _second = world.instance().await;
    becomes(&svc, &room.id, |room| room.as_ref().unwrap().closed).await;
    assert_eq!(svc.get(&room.id).await.unwrap().close_reason(), CloseReason::EndTime);
    let reopened = reopen(&svc, &ada, &room).await.unwrap();
    assert_eq!((reopened.ends_at, reopened.closed), (None, false), "an end that has passed is removed");
}

// Case R3: a guest owner who has lost the session.
#[tokio::test]
async fn a_recovery_link_gives_the_room_back() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, ada_again, bob) = (guest("Ada"), guest("Ada"), guest("Bob"));
    let room = svc.create(&ada).await;
    svc.join(&bob, &room.id).await.unwrap();
    let create = async |who: &Person| {
        let request = CreateRecoveryRequest { room: room.id.clone() };
        Ok(svc.rooms().create_recovery(who.request(request)).await?.into_inner().secret)
    };
    let recover = async |who: &Person, secret: &str| {
        let request = RecoverRoomRequest { room: room.code.clone(), secret: secret.into() };
        Ok(svc.rooms().recover_room(who.request(request)).await?.into_inner().room.unwrap())
    };
    assert_eq!(refusal::<String>(create(&bob).await), Reason::PermissionMissing);
    assert_eq!(refusal::<Room>(recover(&bob, "guess").await), Reason::RecoveryInvalid);
    let old: String = create(&ada).await.unwrap();
    let secret: String = create(&ada).await.unwrap();
    assert_eq!((secret.len(), secret == old), (43, false));
    assert_eq!(
        refusal::<Room>(recover(&ada_again, &old).await),
        Reason::RecoveryInvalid,
        "the newest counts"
    );

    let mut reader = svc.read("test").await;
    let back = recover(&ada_again, &secret).await.unwrap();
    assert_eq!(back.owner_id, ada_again.id());
    assert_eq!(svc.access(&ada_again, &room.id).await.unwrap().member.unwrap().role(), Role::Owner);
    let told = loop {
        let event = reader.next().await.expect("the stream goes on");
        if matches!(event.kind, Some(Kind::RoomUpdated(_))) {
            break event;
        }
    };
    assert_eq!(told.hand_over_reason(), HandOverReason::Recovery);
    assert_eq!(
        recover(&ada_again, &secret).await.unwrap().owner_id,
        ada_again.id(),
        "a second press is no error"
    );

    let give = TransferRoomRequest { room: room.id.clone(), subject_id: bob.id() };
    svc.rooms().transfer_room(ada_again.request(give)).await.unwrap();
    let refused = recover(&ada_again, &secret).await;
    assert_eq!(refusal::<Room>(refused), Reason::RecoveryInvalid, "the room was given away");
}

#[tokio::test]
async fn the_log_says_what_happened_and_who_did_it() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await;
    svc.join(&bob, &room.id).await.unwrap();
    svc.say(&bob, &room.id, "hello", "1").await.unwrap();
    let item = svc.append(&bob, &room.id, "film", "1").await.unwrap();
    let rename = UpdateRoomRequest { room: room.id.clone(), name: "Other".into(), ..Default::default() };
    svc.rooms().update_room(ada.request(rename)).await.unwrap();
    svc.leave(&bob, &room.id).await.unwrap();
    let read = async |who: &Person, kinds: &[&str], page_size: i32, page_token: String| {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let request = ListLogRequest { room: room.id.clone(), kinds, page_size, page_token };
        svc.log().list_log(who.request(request)).await.map(tonic::Response::into_inner)
    };
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = read(&ada, &[], 2, token).await.unwrap();
        assert!(page.entries.len() <= 2);
        seen.extend(page.entries);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let told: Vec<_> =
        seen.into_iter().map(|entry| (entry.actor_name, entry.event.unwrap().kind.unwrap())).collect();
    let [
        (by_bob, Kind::MemberLeft(left)),
        (by_ada, Kind::RoomUpdated(renamed)),
        (by_mia, Kind::ItemAdded(added)),
        joined,
        _made,
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((by_bob.as_str(), left), ("Bob", &bob.id()));
    assert_eq!((by_ada.as_str(), renamed.name.as_str()), ("Ada", "Other"));
    assert_eq!((by_mia.as_str(), &added.item_id), ("Bob", &item.id));
    assert!(matches!(joined, (_, Kind::MemberJoined(member)) if member.subject_id == bob.id()));

    let only = read(&ada, &["member_left"], 0, String::new()).await.unwrap().entries;
    assert_eq!(only.len(), 1);
    assert_eq!(fields_at_fault(read(&ada, &["room_id"], 0, String::new()).await), ["kinds"]);
    assert_eq!(refusal(read(&ada, &[], 0, "x".into()).await), Reason::PageTokenInvalid);
    svc.join(&bob, &room.id).await.unwrap();
    assert_eq!(refusal(read(&bob, &[], 0, String::new()).await), Reason::PermissionMissing);

    // Retention.
    world.clock.advance(us(31 * 86_400_000_000));
    let _second = world.instance().await;
    let emptied = async {
        while !read(&ada, &[], 0, String::new()).await.unwrap().entries.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), emptied).await.expect("old entries go");
}

#[tokio::test]
async fn guests_who_do_not_come_back_are_no_longer_members() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, gone) = (user("Ada"), user("Bob"), guest("Gone"));
    let room = svc.create(&ada).await;
    for person in [&bob, &gone] {
        svc.join(person, &room.id).await.unwrap();
    }
    world.clock.advance(us(8 * 86_400_000_000));
    let here = guest("Here");
    svc.join(&here, &room.id).await.unwrap();
    assert_eq!(svc.member_count(&room.id).await, 4);
    let (_second, _third) = (world.instance().await, world.instance().await);
    let forgotten = async {
        while svc.member_count(&room.id).await > 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), forgotten)
        .await
        .expect("the guest is forgotten");
    assert_eq!(refusal(svc.access(&gone, &room.id).await), Reason::NotAMember);
    for person in [&ada, &bob, &here] {
        svc.access(person, &room.id).await.unwrap();
    }
}
