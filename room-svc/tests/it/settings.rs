use prost_types::FieldMask;
use proto::room::v1::{
    Category, CreateRoomRequest, HandOver, LeaveRoomRequest, Permission, PlaybackPolicy, Room,
    UpdateRoomRequest, Visibility, WaitMode, room_event::Kind,
};
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, World, fields_at_fault, guest, refusal, user};

pub(crate) async fn update(
    svc: &Instance,
    who: &Person,
    room: &str,
    name: &str,
    policy: Option<PlaybackPolicy>,
) -> Outcome<Room> {
    let request =
        UpdateRoomRequest { room: room.into(), name: name.into(), policy, ..UpdateRoomRequest::default() };
    Ok(svc.rooms().update_room(who.request(request)).await?.into_inner().room.unwrap())
}

fn defaults() -> PlaybackPolicy {
    PlaybackPolicy {
        wait: WaitMode::All.into(),
        wait_limit_ms: 5000,
        quorum_percent: 50,
        hand_over: HandOver::JoinOrder.into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_new_room_and_an_empty_policy_both_show_the_defaults() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await;
    assert_eq!(room.policy, Some(defaults()));
    let open = Some(PlaybackPolicy::default());
    let updated = update(&svc, &ada, &room.code, "", open).await.unwrap();
    assert_eq!(updated, svc.get(&room.id).await.unwrap());
    assert_eq!(updated.policy, Some(defaults()));
}

#[tokio::test]
async fn a_settings_change_is_stored_and_announced_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let mut reader = svc.read("test").await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    reader.take(1).await;
    let policy = PlaybackPolicy {
        wait: WaitMode::Quorum.into(),
        quorum_percent: 80,
        wait_limit_ms: 2000,
        stop_at_end: true,
        ..defaults()
    };
    let updated = update(&svc, &ada, &room, " Film night ", Some(policy.clone())).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.policy.as_ref()), ("Film night", Some(&policy)));
    update(&svc, &ada, &room, "Film night", Some(policy.clone())).await.expect("it is so already");
    let renamed = update(&svc, &ada, &room, "Other", None).await.unwrap();
    assert_eq!(renamed.policy, Some(policy), "without a policy it stays");
    let told: Vec<_> = reader.take(2).await.into_iter().map(|event| event.kind.unwrap()).collect();
    assert_eq!(told, [Kind::RoomUpdated(updated), Kind::RoomUpdated(renamed.clone())]);
    assert_eq!(svc.get(&room).await.unwrap(), renamed);
}

#[tokio::test]
async fn changing_settings_needs_the_permission() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, grace) = (user("Ada"), user("Bob"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.join(&grace, &room).await.unwrap();
    for who in [&bob, &grace] {
        assert_eq!(refusal(update(&svc, who, &room, "Mine", None).await), Reason::PermissionMissing);
    }
    assert_eq!(refusal(update(&svc, &user("Mallory"), &room, "Mine", None).await), Reason::NotAMember);

    // There is no RPC yet that makes a moderator.
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let promote = sqlx::query("UPDATE room.members SET role = 3 WHERE subject_id = $1").bind(bob.id());
    promote.execute(&pool).await.unwrap();
    assert!(svc.access(&bob, &room).await.unwrap().permissions().any(|it| it == Permission::ManageSettings));
    let calm = PlaybackPolicy { wait: WaitMode::None.into(), ..defaults() };
    update(&svc, &bob, &room, "Ours", Some(calm.clone())).await.unwrap();
    let grab = PlaybackPolicy { hand_over: HandOver::Delegate.into(), delegate_ids: vec![bob.id()], ..calm };
    assert_eq!(refusal(update(&svc, &bob, &room, "", Some(grab)).await), Reason::PermissionMissing);
}

#[tokio::test]
async fn an_invalid_policy_is_rejected_by_field() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    for (field, policy) in [
        ("policy.delegate_ids", PlaybackPolicy { delegate_ids: vec![user("Mallory").id()], ..defaults() }),
        ("policy.quorum_percent", PlaybackPolicy { quorum_percent: 101, ..defaults() }),
        ("policy.quorum_percent", PlaybackPolicy { quorum_percent: -1, ..defaults() }),
        ("policy.wait_limit_ms", PlaybackPolicy { wait_limit_ms: 60_001, ..defaults() }),
        ("policy.wait", PlaybackPolicy { wait: 9, ..defaults() }),
        ("policy.hand_over", PlaybackPolicy { hand_over: 9, ..defaults() }),
    ] {
        assert_eq!(fields_at_fault(update(&svc, &ada, &room, "", Some(policy)).await), [field]);
    }
    assert_eq!(fields_at_fault(update(&svc, &ada, &room, "a\u{202e}b", None).await), ["name"]);
    assert_eq!(svc.get(&room).await.unwrap().policy, Some(defaults()));
}

#[tokio::test]
async fn a_leaving_delegate_is_removed_from_the_policy() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let policy =
        PlaybackPolicy { hand_over: HandOver::Delegate.into(), delegate_ids: vec![bob.id()], ..defaults() };
    update(&svc, &ada, &room, "", Some(policy.clone())).await.unwrap();
    let mut reader = svc.read("test").await;
    reader.take(3).await;
    svc.members().leave_room(bob.request(LeaveRoomRequest { room: room.clone() })).await.unwrap();
    let told = reader.take(2).await.pop().unwrap();
    let left = svc.get(&room).await.unwrap();
    assert_eq!(left.policy, Some(PlaybackPolicy { delegate_ids: Vec::new(), ..policy }));
    assert_eq!(told.kind, Some(Kind::RoomUpdated(left)));
}

#[tokio::test]
async fn a_field_mask_changes_only_the_named_fields() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await;
    let change = |paths: &[&str], name: &str, policy: Option<PlaybackPolicy>| {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        let request = UpdateRoomRequest {
            room: room.id.clone(),
            name: name.into(),
            policy,
            update_mask: Some(FieldMask { paths }),
            ..UpdateRoomRequest::default()
        };
        let (request, mut client) = (ada.request(request), svc.rooms());
        async move { Ok(client.update_room(request).await?.into_inner().room.unwrap()) }
    };
    let given = PlaybackPolicy {
        wait: WaitMode::Quorum.into(),
        wait_limit_ms: 2000,
        quorum_percent: 80,
        hand_over: HandOver::Wait.into(),
        delegate_ids: vec![ada.id()],
        stop_at_end: true,
    };
    let policy = |room: Room| room.policy.unwrap();
    let mut expected = PlaybackPolicy { wait: given.wait, ..defaults() };
    let changed = change(&["policy.wait"], "Ignored", Some(given.clone())).await.unwrap();
    assert_eq!((changed.name.as_str(), policy(changed.clone())), (room.name.as_str(), expected.clone()));
    expected =
        PlaybackPolicy { delegate_ids: vec![ada.id()], stop_at_end: true, quorum_percent: 80, ..expected };
    let paths = ["policy.delegate_ids", "policy.stop_at_end", "policy.quorum_percent", "name"];
    let changed = change(&paths, " Film night ", Some(given.clone())).await.unwrap();
    assert_eq!((changed.name.as_str(), policy(changed.clone())), ("Film night", expected));
    let paths = ["policy.wait_limit_ms", "policy.hand_over"];
    assert_eq!(policy(change(&paths, "", Some(given.clone())).await.unwrap()), given);
    assert_eq!(policy(change(&["policy.wait"], "", None).await.unwrap()).wait(), WaitMode::All);
    assert_eq!(policy(change(&["policy"], "", None).await.unwrap()), defaults());
    assert_eq!(change(&[], "Open", None).await.unwrap().name, "Open", "an empty mask is none");

    for path in ["code", "policy.colour", "policy.wait.x", "", "Name"] {
        let outcome: Outcome<Room> = change(&[path], "x", None).await;
        let message = outcome.as_ref().unwrap_err().message().to_owned();
        assert!(message.contains(&format!("`{path}`")), "{message}");
        assert_eq!(fields_at_fault(outcome), ["update_mask"], "{path:?}");
    }
    assert_eq!(fields_at_fault::<Room>(change(&["name"], "  ", None).await), ["name"]);
    assert_eq!(svc.get(&room.id).await.unwrap().name, "Open");
}

#[tokio::test]
async fn every_setting_can_be_chosen_and_changed() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let request = CreateRoomRequest {
        name: "Film night".into(),
        description: "Every Friday.\nBring snacks.".into(),
        category: Category::Films.into(),
        labels: vec!["Noir".into(), "noir".into(), " French  Cinema ".into()],
        visibility: Visibility::Public.into(),
        max_participants: 7,
        guests_forbidden: true,
        policy: Some(PlaybackPolicy { stop_at_end: true, ..defaults() }),
        ..Default::default()
    };
    let room = svc.try_create(&ada, request).await.unwrap();
    assert_eq!(room, svc.get(&room.code).await.unwrap());
    assert_eq!(
        (room.description.as_str(), room.category()),
        ("Every Friday.\nBring snacks.", Category::Films)
    );
    assert_eq!(room.labels, ["noir", "french cinema"]);
    assert_eq!(
        (room.visibility(), room.max_participants, room.guests_forbidden),
        (Visibility::Public, 7, true)
    );
    assert_eq!(room.policy, Some(PlaybackPolicy { stop_at_end: true, ..defaults() }));

    let change = UpdateRoomRequest {
        room: room.id.clone(),
        labels: vec!["Anime".into()],
        category: Category::Anime.into(),
        ..Default::default()
    };
    let changed = svc.rooms().update_room(ada.request(change)).await.unwrap().into_inner().room.unwrap();
    let expected = Room { labels: vec!["anime".into()], category: Category::Anime.into(), ..room.clone() };
    assert_eq!(changed, expected, "what has no value stays");
    let paths = ["description", "category", "labels", "visibility", "max_participants", "guests_forbidden"];
    let mask = FieldMask { paths: paths.map(str::to_owned).to_vec() };
    let reset = UpdateRoomRequest { room: room.id.clone(), update_mask: Some(mask), ..Default::default() };
    let reset = svc.rooms().update_room(ada.request(reset)).await.unwrap().into_inner().room.unwrap();
    let expected = Room {
        description: String::new(),
        category: 0,
        labels: Vec::new(),
        visibility: Visibility::Unlisted.into(),
        max_participants: 50,
        guests_forbidden: false,
        ..room
    };
    assert_eq!(reset, expected, "what the mask names and the request lacks gets its default");
    assert_eq!(svc.get(&reset.id).await.unwrap(), reset);
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_by_field() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await;
    let request = UpdateRoomRequest { room: room.id.clone(), ..Default::default() };
    let change = async |field: &str, request: UpdateRoomRequest| {
        let outcome = svc.rooms().update_room(ada.request(request)).await.map(|_| ());
        let at_fault = fields_at_fault(outcome);
        assert!(
            at_fault.iter().all(|fault| fault.starts_with(field)) && !at_fault.is_empty(),
            "{at_fault:?}"
        );
    };
    for name in ["\u{200B}\u{200D}", "\u{2800}", "x\u{202E}y", &"x".repeat(10_000)] {
        change("name", UpdateRoomRequest { name: name.into(), ..request.clone() }).await;
    }
    for text in ["bell\u{7}", "a\u{2066}b", &"x".repeat(1001)] {
        change("description", UpdateRoomRequest { description: text.into(), ..request.clone() }).await;
    }
    for label in ["", "\u{200B}", "two\nlines", &"x".repeat(31)] {
        change("labels", UpdateRoomRequest { labels: vec![label.into()], ..request.clone() }).await;
    }
    let many = (0..11).map(|n| n.to_string()).collect();
    change("labels", UpdateRoomRequest { labels: many, ..request.clone() }).await;
    change("category", UpdateRoomRequest { category: 99, ..request.clone() }).await;
    change("max_participants", UpdateRoomRequest { max_participants: 1, ..request.clone() }).await;
    change("max_participants", UpdateRoomRequest { max_participants: 10_001, ..request.clone() }).await;
    assert_eq!(svc.get(&room.id).await.unwrap(), room, "nothing of it was stored");
    let alone = PlaybackPolicy { delegate_ids: vec![user("Bob").id()], ..defaults() };
    let new = CreateRoomRequest { policy: Some(alone), ..Default::default() };
    assert_eq!(fields_at_fault(svc.try_create(&ada, new).await), ["policy.delegate_ids"]);
}
