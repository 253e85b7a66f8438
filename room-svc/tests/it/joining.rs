//! The door of a room: what is missing, passwords, approval, invites, and the limits on guessing.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::{StreamExt as _, future::join_all};
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration,
    ClientRegistrationFinishParameters, CredentialResponse, Identifiers, RegistrationResponse, Ristretto255,
    TripleDh,
};
use proto::room::v1::{
    AccessState, CancelJoinRequestRequest, CreateInviteRequest, CreateRoomRequest, DecideJoinRequestRequest,
    GetInviteRequest, GetJoinStateRequest, GetJoinStateResponse, GetRoomRequest, Invite, JoinApplication,
    JoinPolicy, JoinRoomRequest, JoinRoomResponse, ListInviteUsesRequest, ListInvitesRequest,
    ListJoinRequestsRequest, PasswordProof, PasswordRegistration, Permission, PlaybackControl,
    RevokeInviteRequest, Role, Room, RoomKeyStretching, SetRoomPasswordRequest,
    StartRoomPasswordProofRequest, StartRoomPasswordRequest, UpdateMemberRequest, UpdateRoomRequest,
};
use rand::rngs::OsRng;
use rpc::Reason;

use crate::{
    permissions::{change, mask, role},
    removals::kick,
    world::{Instance, Outcome, Person, World, guest, nobody, refusal, user},
};

pub(crate) const ADDRESS: &str = "192.0.2.7";

pub(crate) async fn join(
    svc: &Instance,
    who: &Person,
    request: JoinRoomRequest,
) -> Outcome<JoinRoomResponse> {
    let context = who.context().from_address(Some(ADDRESS.parse().unwrap()));
    Ok(svc.members().join_room(context.request(request)).await?.into_inner())
}

pub(crate) fn plain(room: &str) -> JoinRoomRequest {
    JoinRoomRequest { room: room.into(), ..Default::default() }
}

pub(crate) fn with_password(room: &str, password: &str) -> JoinRoomRequest {
    JoinRoomRequest { password: password.into(), ..plain(room) }
}

pub(crate) fn with_invite(room: &str, invite: &str) -> JoinRoomRequest {
    JoinRoomRequest { invite: invite.into(), ..plain(room) }
}

pub(crate) fn asking(room: &str) -> JoinRoomRequest {
    JoinRoomRequest { application: Some(JoinApplication { message: " let me in ".into() }), ..plain(room) }
}

async fn state(svc: &Instance, who: &Person, room: &str) -> GetJoinStateResponse {
    let request = GetJoinStateRequest { room: room.into(), ..Default::default() };
    svc.members().get_join_state(who.request(request)).await.unwrap().into_inner()
}

pub(crate) async fn set_password(svc: &Instance, who: &Person, room: &str, password: &str) -> Outcome<Room> {
    let request =
        SetRoomPasswordRequest { room: room.into(), password: password.into(), ..Default::default() };
    Ok(svc.members().set_room_password(who.request(request)).await?.into_inner().room.unwrap())
}

async fn reviewed(svc: &Instance, owner: &Person) -> Room {
    let join = Some(JoinPolicy { approval: true, ..Default::default() });
    svc.try_create(owner, CreateRoomRequest { join, ..Default::default() }).await.unwrap()
}

pub(crate) async fn decide(
    svc: &Instance,
    who: &Person,
    room: &str,
    whom: &Person,
    approve: bool,
) -> Outcome<()> {
    let request =
        DecideJoinRequestRequest { room: room.into(), subject_id: whom.id(), approve, ..Default::default() };
    svc.members().decide_join_request(who.request(request)).await.map(|_| ())
}

async fn cancel(svc: &Instance, who: &Person, room: &str) -> Outcome<()> {
    let request = CancelJoinRequestRequest { room: room.into() };
    svc.members().cancel_join_request(who.request(request)).await.map(|_| ())
}

async fn waiting(svc: &Instance, who: &Person, room: &str) -> Outcome<Vec<(String, String)>> {
    let request = ListJoinRequestsRequest { room: room.into() };
    let requests = svc.members().list_join_requests(who.request(request)).await?.into_inner().requests;
    Ok(requests.into_iter().map(|request| (request.display_name, request.message)).collect())
}

pub(crate) async fn invite(svc: &Instance, who: &Person, request: CreateInviteRequest) -> Outcome<Invite> {
    Ok(svc.invites().create_invite(who.request(request)).await?.into_inner().invite.unwrap())
}

pub(crate) fn for_room(room: &str) -> CreateInviteRequest {
    CreateInviteRequest { room: room.into(), ..Default::default() }
}

#[tokio::test]
async fn a_room_with_a_password_asks_for_it_and_tells_wrong_from_missing() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await;
    assert!(set_password(&svc, &ada, &room.id, "se\u{F1}or").await.unwrap().join.unwrap().password_set);
    let missing = join(&svc, &bob, plain(&room.code)).await.unwrap();
    assert_eq!((missing.state(), missing.member, missing.ticket.as_str()), (AccessState::Password, None, ""));
    assert_eq!(state(&svc, &bob, &room.code).await.state(), AccessState::Password);
    assert_eq!(
        refusal(join(&svc, &bob, with_password(&room.code, "senor")).await),
        Reason::WrongRoomPassword
    );
    let joined = join(&svc, &bob, with_password(&room.code, "sen\u{303}or")).await.unwrap();
    assert_eq!(joined.state(), AccessState::Enter);
    assert!(!joined.ticket.is_empty());
    join(&svc, &bob, plain(&room.code)).await.expect("a member needs it no more");
    assert_eq!(state(&svc, &bob, &room.code).await.state(), AccessState::Enter);
    assert!(!set_password(&svc, &ada, &room.id, "").await.unwrap().join.unwrap().password_set);
    join(&svc, &guest("Eve"), plain(&room.code)).await.unwrap().member.expect("it has none any more");
}

/// Case W3.
#[tokio::test]
async fn an_owner_comes_in_without_the_password_and_sets_a_new_one_without_the_old() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), user("Eve"));
    let room = svc.create(&ada).await.id;
    set_password(&svc, &ada, &room, "first").await.unwrap();
    svc.leave(&ada, &room).await.unwrap();
    set_password(&svc, &ada, &room, "second").await.expect("an owner who is no member may, too");
    join(&svc, &ada, plain(&room)).await.unwrap().member.expect("they own the room");
    assert_eq!(refusal(join(&svc, &bob, with_password(&room, "first")).await), Reason::WrongRoomPassword);
    join(&svc, &bob, with_password(&room, "second")).await.unwrap().member.unwrap();
    assert_eq!(refusal(set_password(&svc, &bob, &room, "third").await), Reason::PermissionMissing);
    assert_eq!(refusal(set_password(&svc, &eve, &room, "third").await), Reason::NotAMember);
}

struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2::Sha512>;
    type Ksf = Argon2<'static>;
}

fn stretched(with: RoomKeyStretching) -> Argon2<'static> {
    let [memory, passes, lanes] = [with.memory_kib, with.iterations, with.parallelism].map(i32::unsigned_abs);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, lanes, None).unwrap())
}

/// A client that speaks OPAQUE proves the password, and the server never sees it.
#[tokio::test]
async fn a_password_is_set_and_proved_by_opaque() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.create(&ada).await.id;
    let start = ClientRegistration::<Suite>::start(&mut OsRng, b"correct horse").unwrap();
    let request = StartRoomPasswordRequest {
        room: room.clone(),
        start: BASE64_URL_SAFE_NO_PAD.encode(start.message.serialize()),
    };
    let answer = svc.members().start_room_password(ada.request(request)).await.unwrap().into_inner();
    let response = BASE64_URL_SAFE_NO_PAD.decode(answer.response).unwrap();
    let argon2 = stretched(answer.key_stretching.unwrap());
    let finish = start
        .state
        .finish(
            &mut OsRng,
            b"correct horse",
            RegistrationResponse::deserialize(&response).unwrap(),
            ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&argon2)),
        )
        .unwrap();
    let registration = Some(PasswordRegistration {
        registration_id: answer.registration_id,
        record: BASE64_URL_SAFE_NO_PAD.encode(finish.message.serialize()),
    });
    let request = SetRoomPasswordRequest { room: room.clone(), registration, ..Default::default() };
    svc.members().set_room_password(ada.request(request.clone())).await.unwrap();
    assert_eq!(refusal(svc.members().set_room_password(ada.request(request)).await), Reason::ProofExpired);

    let proof = |password: &'static [u8]| {
        let (svc, bob, room) = (&svc, &bob, room.clone());
        async move {
            let start = ClientLogin::<Suite>::start(&mut OsRng, password).unwrap();
            let request = StartRoomPasswordProofRequest {
                room,
                start: BASE64_URL_SAFE_NO_PAD.encode(start.message.serialize()),
            };
            let answer =
                svc.members().start_room_password_proof(bob.request(request)).await.unwrap().into_inner();
            let response = BASE64_URL_SAFE_NO_PAD.decode(answer.response).unwrap();
            let argon2 = stretched(answer.key_stretching.unwrap());
            let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&argon2));
            let response = CredentialResponse::deserialize(&response).unwrap();
            let finish = start.state.finish(&mut OsRng, password, response, parameters).ok()?;
            let finish = BASE64_URL_SAFE_NO_PAD.encode(finish.message.serialize());
            Some(PasswordProof { proof_id: answer.proof_id, finish })
        }
    };
    assert!(proof(b"wrong horse").await.is_none(), "the client finds out by itself");
    let proof = proof(b"correct horse").await;
    let request = JoinRoomRequest { password_proof: proof, ..plain(&room) };
    join(&svc, &bob, request.clone()).await.unwrap().member.expect("the password was right");
    assert_eq!(refusal(join(&svc, &guest("Eve"), request).await), Reason::ProofExpired, "it counts once");
    let plainly = join(&svc, &guest("Plain"), with_password(&room, "correct horse")).await.unwrap();
    assert_eq!(plainly.state(), AccessState::Enter, "the same record opens to a simple client");
}

/// Document 000: the controlled room, walked once by a normal account. Case W4.
#[tokio::test]
async fn a_person_asks_waits_over_reloads_and_is_let_in_or_told_when_to_ask_again() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, grace) = (user("Ada"), user("Bob"), guest("Grace"));
    let room = reviewed(&svc, &ada).await.id;
    set_password(&svc, &ada, &room, "open sesame").await.unwrap();
    assert_eq!(join(&svc, &bob, asking(&room)).await.unwrap().state(), AccessState::Password);
    let first = join(&svc, &bob, with_password(&room, "open sesame")).await.unwrap();
    assert_eq!(first.state(), AccessState::RequestApproval);
    for who in [&bob, &grace] {
        let ask = JoinRoomRequest { password: "open sesame".into(), ..asking(&room) };
        let pending = join(&svc, who, ask).await.unwrap();
        assert_eq!((pending.state(), pending.retry_after_ms), (AccessState::Pending, 3000));
        // A reload, without the password.
        assert_eq!(join(&svc, who, plain(&room)).await.unwrap().state(), AccessState::Pending);
        assert_eq!(state(&svc, who, &room).await.state(), AccessState::Pending);
        // The next one asks later.
        world.clock.advance(Duration::from_secs(1));
    }
    let asks = |name: &str| (name.to_owned(), "let me in".to_owned());
    assert_eq!(waiting(&svc, &ada, &room).await.unwrap(), [asks("Bob"), asks("Grace")]);
    decide(&svc, &ada, &room, &bob, true).await.unwrap();
    assert_eq!(state(&svc, &bob, &room).await.state(), AccessState::Join);
    join(&svc, &bob, plain(&room)).await.unwrap().member.expect("approved, and the password was given");
    // A moderator who came later sees the request and declines it.
    assert_eq!(refusal(waiting(&svc, &bob, &room).await), Reason::PermissionMissing);
    change(&svc, &ada, &room, &bob, role(Role::Moderator)).await.unwrap();
    assert_eq!(waiting(&svc, &bob, &room).await.unwrap(), [asks("Grace")]);
    decide(&svc, &bob, &room, &grace, false).await.unwrap();
    let declined = state(&svc, &grace, &room).await;
    assert_eq!((declined.state(), declined.by_name.as_str()), (AccessState::Declined, "Bob"));
    assert!(declined.until.is_some());
    assert_eq!(refusal(join(&svc, &grace, asking(&room)).await), Reason::JoinDeclined);
    world.clock.advance(Duration::from_mins(10));
    let again = JoinRoomRequest { password: "open sesame".into(), ..asking(&room) };
    assert_eq!(join(&svc, &grace, again).await.unwrap().state(), AccessState::Pending);
    cancel(&svc, &grace, &room).await.unwrap();
    assert_eq!(waiting(&svc, &ada, &room).await.unwrap(), []);
    assert_eq!(refusal(decide(&svc, &ada, &room, &grace, true).await), Reason::JoinRequestNotFound);
}

#[tokio::test]
async fn fifty_joins_for_five_seats_give_five() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let request = CreateRoomRequest { max_participants: 6, ..Default::default() };
    let room = here.try_create(&ada, request).await.unwrap().id;
    let people: Vec<_> = (0..50).map(|n| guest(&format!("Guest {n}"))).collect();
    let joins = people
        .iter()
        .enumerate()
        .map(|(n, who)| if n % 2 == 0 { here.join(who, &room) } else { there.join(who, &room) });
    // As many at a time as there are connections to the database: a call that waits for one may run out of time.
    let outcomes: Vec<_> = futures::stream::iter(joins).buffer_unordered(8).collect().await;
    let (joined, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(joined.len(), 5);
    assert!(refused.into_iter().all(|outcome| refusal(outcome) == Reason::RoomFull));
}

#[tokio::test]
async fn the_last_use_of_an_invite_is_given_once() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let room = here.create(&ada).await.id;
    set_password(&here, &ada, &room, "open sesame").await.unwrap();
    let code =
        invite(&here, &ada, CreateInviteRequest { max_uses: 1, ..for_room(&room) }).await.unwrap().code;
    let people: Vec<_> = (0..8).map(|n| guest(&format!("Guest {n}"))).collect();
    let joins = people.iter().enumerate().map(|(n, who)| {
        let mut members = if n % 2 == 0 { here.members() } else { there.members() };
        let request = who.request(with_invite(&room, &code));
        async move { members.join_room(request).await }
    });
    let (joined, refused): (Vec<_>, Vec<_>) = join_all(joins).await.into_iter().partition(Result::is_ok);
    assert_eq!(joined.len(), 1);
    assert!(refused.into_iter().all(|outcome| refusal(outcome) == Reason::InviteUsedUp));
    let uses = ListInviteUsesRequest { room: room.clone(), code };
    let uses = here.invites().list_invite_uses(ada.request(uses)).await.unwrap().into_inner().uses;
    assert_eq!(uses.len(), 1);
}

/// Approve and cancel at once: the person is let in, or has withdrawn; never both.
#[tokio::test]
async fn of_an_approval_and_a_cancellation_at_once_one_is_first() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = reviewed(&here, &ada).await.id;
    for _ in 0..10 {
        join(&here, &bob, asking(&room)).await.unwrap();
        let (approved, cancelled) =
            tokio::join!(decide(&here, &ada, &room, &bob, true), cancel(&there, &bob, &room));
        cancelled.unwrap();
        if let Err(status) = approved {
            assert_eq!(rpc::reason_of(&status), Some(Reason::JoinRequestNotFound));
        }
        // Whoever was first, the cancellation holds: an approval that came before it is withdrawn.
        assert_eq!(state(&here, &bob, &room).await.state(), AccessState::RequestApproval);
        assert_eq!(waiting(&there, &ada, &room).await.unwrap(), []);
    }
}

#[tokio::test]
async fn an_invite_opens_the_door_until_it_expires_or_is_revoked() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, eve) = (user("Ada"), user("Bob"), guest("Eve"));
    let room = reviewed(&svc, &ada).await;
    set_password(&svc, &ada, &room.id, "open sesame").await.unwrap();
    let first = invite(&svc, &ada, CreateInviteRequest { note: " for Bob ".into(), ..for_room(&room.id) })
        .await
        .unwrap();
    assert_eq!((first.code.len(), first.note.as_str(), first.skips_approval), (8, "for Bob", true));
    let get = |code: &str| {
        let (mut invites, request) =
            (svc.invites(), nobody().request(GetInviteRequest { code: code.into() }));
        async move { invites.get_invite(request).await.map(tonic::Response::into_inner) }
    };
    let found = get(&first.code.to_uppercase()).await.unwrap();
    assert_eq!((found.room_code.as_str(), found.invited_by.as_str()), (room.code.as_str(), "Ada"));
    join(&svc, &bob, with_invite(&room.code, &first.code)).await.unwrap().member.expect("it opens");
    // Bob may invite, but not let people in: his invite replaces the password alone.
    let of_bob = invite(&svc, &bob, for_room(&room.id)).await.unwrap();
    assert!(!of_bob.skips_approval);
    let met = join(&svc, &eve, with_invite(&room.code, &of_bob.code)).await.unwrap();
    assert_eq!(met.state(), AccessState::RequestApproval);
    let list = |who: &Person| {
        let request = who.request(ListInvitesRequest { room: room.id.clone() });
        let mut invites = svc.invites();
        async move { invites.list_invites(request).await.map(|reply| reply.into_inner().invites.len()) }
    };
    assert_eq!((list(&ada).await.unwrap(), list(&bob).await.unwrap()), (2, 1));
    let revoke = |who: &Person, code: &str| {
        let request = who.request(RevokeInviteRequest { room: room.id.clone(), code: code.into() });
        let mut invites = svc.invites();
        async move { invites.revoke_invite(request).await.map(|_| ()) }
    };
    assert_eq!(refusal(revoke(&bob, &first.code).await), Reason::PermissionMissing);
    revoke(&ada, &of_bob.code).await.unwrap();
    assert_eq!(
        refusal(join(&svc, &eve, with_invite(&room.code, &of_bob.code)).await),
        Reason::InviteNotFound
    );
    let elsewhere = svc.create(&ada).await;
    assert_eq!(
        refusal(join(&svc, &eve, with_invite(&elsewhere.code, &first.code)).await),
        Reason::InviteNotFound,
        "it is for its room"
    );
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(refusal(get(&first.code).await), Reason::InviteExpired);
    assert_eq!(refusal(join(&svc, &eve, with_invite(&room.code, &first.code)).await), Reason::InviteExpired);
    assert_eq!(list(&ada).await.unwrap(), 0);
    kick(&svc, &ada, &room.id, &bob).await.unwrap();
    let fresh = invite(&svc, &ada, for_room(&room.id)).await.unwrap();
    assert_eq!(
        refusal(join(&svc, &bob, with_invite(&room.code, &fresh.code)).await),
        Reason::InCooldown,
        "an invite lets nobody back who was removed"
    );
}

#[tokio::test]
async fn making_invites_needs_the_permission() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, grace) = (user("Ada"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    svc.join(&grace, &room).await.unwrap();
    assert_eq!(refusal(invite(&svc, &grace, for_room(&room)).await), Reason::PermissionMissing);
    let invites = UpdateMemberRequest {
        added: vec![Permission::Invite.into()],
        update_mask: Some(mask(&["added"])),
        ..Default::default()
    };
    change(&svc, &ada, &room, &grace, invites).await.unwrap();
    invite(&svc, &grace, for_room(&room)).await.unwrap();
}

/// Case A7 and document 004, 7.7.3.
#[tokio::test]
async fn a_network_that_guesses_codes_is_blocked_for_an_hour_and_members_are_not() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = here.create(&ada).await;
    join(&here, &ada, plain(&room.code)).await.unwrap();
    for n in 0..5 {
        let svc = if n % 2 == 0 { &here } else { &there };
        let wrong = nobody().context().from_address(Some(ADDRESS.parse().unwrap()));
        let request = GetRoomRequest { room: "zzzzzzzz".into(), ..Default::default() };
        assert_eq!(refusal(svc.rooms().get_room(wrong.request(request)).await), Reason::RoomNotFound);
    }
    assert_eq!(refusal(join(&here, &bob, plain(&room.code)).await), Reason::RoomCodesBlocked);
    assert_eq!(refusal(join(&there, &bob, plain("zzzzzzzz")).await), Reason::RoomCodesBlocked);
    join(&here, &ada, plain(&room.code)).await.expect("who is a member comes in");
    here.join(&bob, &room.code).await.expect("from elsewhere it works");
    world.clock.advance(Duration::from_hours(1));
    join(&here, &guest("Later"), plain(&room.code)).await.unwrap();
}

#[tokio::test]
async fn three_wrong_passwords_close_the_room_to_the_network_for_half_an_hour() {
    let world = World::start().await;
    let (here, there) = (world.instance().await, world.instance().await);
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = here.create(&ada).await.id;
    set_password(&here, &ada, &room, "right").await.unwrap();
    for svc in [&here, &there, &here] {
        let wrong = join(svc, &bob, with_password(&room, "wrong")).await;
        assert_eq!(refusal(wrong), Reason::WrongRoomPassword);
    }
    let blocked = join(&there, &guest("Eve"), with_password(&room, "right")).await;
    assert_eq!(refusal(blocked), Reason::RoomPasswordBlocked);
    let elsewhere = JoinRoomRequest { password: "right".into(), ..plain(&room) };
    here.members().join_room(bob.request(elsewhere)).await.expect("another address is not blocked");
    world.clock.advance(Duration::from_mins(30));
    join(&here, &guest("Eve"), with_password(&room, "right")).await.unwrap();
}

#[tokio::test]
async fn ten_refused_joins_in_a_minute_are_enough() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, eve) = (user("Ada"), user("Eve"));
    let request = CreateRoomRequest { guests_forbidden: true, ..Default::default() };
    let room = svc.try_create(&ada, request).await.unwrap().id;
    for _ in 0..10 {
        assert_eq!(refusal(join(&svc, &guest("Bob"), plain(&room)).await), Reason::GuestsNotAllowed);
    }
    assert_eq!(refusal(join(&svc, &eve, plain(&room)).await), Reason::RateLimited);
    world.clock.advance(Duration::from_mins(1));
    for _ in 0..20 {
        join(&svc, &eve, plain(&room)).await.expect("joins that succeed do not count");
    }
}

#[tokio::test]
async fn playback_control_is_a_preset_over_the_roles() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, moderator, bob) = (user("Ada"), user("Mod"), guest("Bob"));
    let control = |who: &Person, room: &str, control: PlaybackControl| {
        let request = who.request(UpdateRoomRequest {
            room: room.into(),
            playback_control: control.into(),
            update_mask: Some(mask(&["playback_control"])),
            ..Default::default()
        });
        let mut rooms = svc.rooms();
        async move { rooms.update_room(request).await.map(|reply| reply.into_inner().room.unwrap()) }
    };
    let request =
        CreateRoomRequest { playback_control: PlaybackControl::OwnerOnly.into(), ..Default::default() };
    let room = svc.try_create(&ada, request).await.unwrap();
    assert_eq!(room.playback_control(), PlaybackControl::OwnerOnly);
    let room = room.id;
    for who in [&moderator, &bob] {
        svc.join(who, &room).await.unwrap();
    }
    change(&svc, &ada, &room, &moderator, role(Role::Moderator)).await.unwrap();
    let may = |who: &Person| {
        let (who, svc, room) = (who.clone(), &svc, room.clone());
        async move {
            svc.access(&who, &room).await.unwrap().permissions().any(|has| has == Permission::PlayControl)
        }
    };
    assert_eq!((may(&ada).await, may(&moderator).await, may(&bob).await), (true, false, false));
    control(&ada, &room, PlaybackControl::Selected).await.unwrap();
    assert_eq!((may(&moderator).await, may(&bob).await), (true, false));
    assert_eq!(
        refusal(control(&moderator, &room, PlaybackControl::Everyone).await),
        Reason::PermissionMissing
    );
    control(&ada, &room, PlaybackControl::Everyone).await.unwrap();
    assert!(may(&bob).await);
    control(&ada, &room, PlaybackControl::OwnerOnly).await.unwrap();
    let plays = UpdateMemberRequest {
        added: vec![Permission::PlayControl.into()],
        update_mask: Some(mask(&["added"])),
        ..Default::default()
    };
    change(&svc, &ada, &room, &bob, plays).await.unwrap();
    assert!(may(&bob).await);
    assert_eq!(svc.get(&room).await.unwrap().playback_control(), PlaybackControl::Selected);
    control(&ada, &room, PlaybackControl::OwnerOnly).await.unwrap();
    assert!(!may(&bob).await, "it is taken from everyone");
}
