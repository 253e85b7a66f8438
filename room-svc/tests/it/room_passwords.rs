//! Rooms that are made with a password by clients without OPAQUE (document 004, 4.1.1).

use proto::room::v1::{AccessState, CreateRoomRequest, UpdateRoomRequest};
use rpc::Reason;
use serde_json::json;

use crate::{
    joining::{join, plain, set_password, with_password},
    world::{World, fields_at_fault, guest, refusal, user},
};

const SECRET: &str = "a secret that nobody may read";

fn protected(request_id: &str) -> CreateRoomRequest {
    CreateRoomRequest { password: SECRET.into(), request_id: request_id.into(), ..Default::default() }
}

#[tokio::test]
async fn a_room_is_made_with_a_password() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let room = svc.try_create(&ada, protected("once")).await.unwrap();
    assert!(room.join.unwrap().password_set);
    assert_eq!(svc.get(&room.id).await.unwrap().join, room.join);
    assert_eq!(join(&svc, &bob, plain(&room.code)).await.unwrap().state(), AccessState::Password);
    let wrong = join(&svc, &bob, with_password(&room.code, "guess")).await;
    assert_eq!(refusal(wrong), Reason::WrongRoomPassword);
    let right = join(&svc, &bob, with_password(&room.code, SECRET)).await.unwrap();
    assert_eq!(right.state(), AccessState::Enter);
    let again = svc.try_create(&ada, protected("once")).await.unwrap();
    assert_eq!(again.id, room.id, "a repeated request makes no second room");
    // A password is not among the settings that are copied: only SetRoomPassword changes it.
    let rename = UpdateRoomRequest { room: room.id.clone(), name: "Other".into(), ..Default::default() };
    let renamed = svc.rooms().update_room(ada.request(rename)).await.unwrap().into_inner().room.unwrap();
    assert!(renamed.join.unwrap().password_set);
    let long = CreateRoomRequest { password: "x".repeat(257), ..Default::default() };
    assert_eq!(fields_at_fault(svc.try_create(&ada, long).await), ["password"]);
}

/// The password is nowhere in the database: not in the room, not in the request that can be repeated, not in an event.
#[tokio::test]
async fn a_password_is_not_stored_as_it_was_given() {
    let world = World::start().await;
    let svc = world.instance().await;
    svc.try_create(&user("Ada"), protected("once")).await.unwrap();
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'room'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(tables.iter().any(|table| table == "passwords"), "{tables:?}");
    let hex: Vec<_> = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let needles = [SECRET.to_owned(), hex.concat()];
    for table in tables {
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT t::text FROM room.{table} t")))
                .fetch_all(&pool)
                .await
                .unwrap();
        for row in rows {
            assert!(needles.iter().all(|needle| !row.contains(needle)), "{table}: {row}");
        }
    }
}

/// Row 003-4.1-11.
#[tokio::test]
async fn an_installation_without_passwords_refuses_new_ones_by_name() {
    let world = World::start().await;
    let (svc, open) = (
        world.instance_with(json!({"rooms": {"allow_password_protected": false}})).await,
        world.instance().await,
    );
    let ada = user("Ada");
    assert_eq!(refusal(svc.try_create(&ada, protected("")).await), Reason::PasswordsNotAllowed);
    let room = svc.create(&ada).await.id;
    assert_eq!(refusal(set_password(&svc, &ada, &room, SECRET).await), Reason::PasswordsNotAllowed);
    set_password(&open, &ada, &room, SECRET).await.unwrap();
    let met = join(&svc, &guest("Bob"), plain(&room)).await.unwrap();
    assert_eq!(met.state(), AccessState::Password, "rooms that have one keep it");
    set_password(&svc, &ada, &room, "").await.expect("it can be removed");
}
