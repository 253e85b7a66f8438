use ids::RoomId;
use proto::auth::v1::{CreateGuestRequest, Session};
use rpc::{Reason, SubjectKind};

use crate::world::{Client, Outcome, World, get_me, refresh, refusal};

async fn create(client: &mut Client, display_name: &str, room_id: &str) -> Outcome<Session> {
    let request = CreateGuestRequest { display_name: display_name.into(), room_id: room_id.into() };
    client.create_guest(request).await.map(|reply| reply.into_inner().session.unwrap())
}

#[tokio::test]
async fn a_guest_name_is_trimmed() {
    let world = World::start().await;
    let mut client = world.client().await;
    let session = create(&mut client, "  Ada \u{1F3AC} ", "").await.unwrap();
    let identity = session.identity.clone().unwrap();
    assert_eq!(identity.display_name, "Ada \u{1F3AC}");
    assert_eq!(identity.kind(), SubjectKind::Guest);
    assert!(identity.subject_id.starts_with("guest_"), "{}", identity.subject_id);
    assert_eq!(identity.room_id, "");

    let me = get_me(&mut client, &session.access_token).await.unwrap();
    assert_eq!(me.identity, Some(identity));
    assert_eq!((me.username.as_str(), me.created_at), ("", None));
}

#[tokio::test]
async fn a_guest_without_a_name_gets_one_and_keeps_it() {
    let world = World::start().await;
    let mut client = world.client().await;
    let session = create(&mut client, "   ", "").await.unwrap();
    let name = session.identity.unwrap().display_name;
    assert_eq!(name.split(' ').count(), 2, "{name}");
    assert_eq!(
        refresh(&mut client, &session.refresh_token).await.unwrap().identity.unwrap().display_name,
        name
    );
    assert_eq!(refusal(create(&mut client, &"x".repeat(10_000), "").await), Reason::InvalidField);
    assert_eq!(refusal(create(&mut client, "a\u{202E}b", "").await), Reason::InvalidField);
}

#[tokio::test]
async fn a_refresh_keeps_a_guest_bound_to_the_room() {
    let world = World::start().await;
    let mut client = world.client().await;
    let room = RoomId::new().to_string();
    let session = create(&mut client, "Ada", &room).await.unwrap();
    assert_eq!(session.identity.unwrap().room_id, room);
    let session = refresh(&mut client, &session.refresh_token).await.unwrap();
    let me = get_me(&mut client, &session.access_token).await.unwrap();
    assert_eq!(me.identity.unwrap().room_id, room);
    assert_eq!(refusal(create(&mut client, "Ada", "no-room").await), Reason::InvalidField);
}

// Cases A8, A14.
#[tokio::test]
async fn deceptive_guest_names_are_rejected() {
    let world = World::start().await;
    let mut client = world.client().await;
    for name in [
        "Mia\u{200B}",
        "M\u{301}\u{302}\u{303}ia",
        "p\u{430}ypal",
        "Admin",
        "★ M0derator ★",
        "a\0b",
        "\u{3164}",
    ] {
        let status = create(&mut client, name, "").await.unwrap_err();
        assert_eq!(rpc::reason_of(&status), Some(Reason::InvalidField), "{name:?}: {status:?}");
        assert!(status.message().starts_with("display_name"), "{name:?}: {status:?}");
    }
    for name in ["Zoë", "Мария (Maria)", "山田 太郎", "👩\u{200D}💻 Eva"] {
        let identity = create(&mut client, name, "").await.unwrap().identity.unwrap();
        assert_eq!(identity.display_name, name);
    }
}
