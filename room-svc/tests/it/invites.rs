//! The life of invites (document 003, 3.2 and 4.2).

use std::time::Duration;

use proto::room::v1::{CreateInviteRequest, GetInviteRequest};
use rpc::Reason;
use serde_json::json;
use sqlx::PgPool;

use crate::{
    joining::{for_room, invite},
    world::{Instance, Outcome, World, fields_at_fault, nobody, refusal, user},
};

async fn get(svc: &Instance, code: &str) -> Outcome<String> {
    let request = nobody().request(GetInviteRequest { code: code.into() });
    Ok(svc.invites().get_invite(request).await?.into_inner().room_id)
}

async fn stored(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM room.invites").fetch_one(pool).await.unwrap()
}

/// Rows 003-3.2-28 and 003-4.2-4.
#[tokio::test]
async fn an_invite_has_its_own_life_or_that_of_the_installation() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let short = CreateInviteRequest { expires_in_seconds: 60, ..for_room(&room) };
    let short = invite(&svc, &ada, short).await.unwrap();
    let usual = invite(&svc, &ada, for_room(&room)).await.unwrap();
    assert_eq!((short.code.len(), usual.code.len()), (8, 8));
    for expires_in_seconds in [59, -1, 2_592_001] {
        let request = CreateInviteRequest { expires_in_seconds, ..for_room(&room) };
        assert_eq!(fields_at_fault(invite(&svc, &ada, request).await), ["expires_in_seconds"]);
    }
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(get(&svc, &short.code).await.unwrap(), room);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(refusal(get(&svc, &short.code).await), Reason::InviteExpired);
    world.clock.advance(Duration::from_hours(23));
    assert_eq!(get(&svc, &usual.code).await.unwrap(), room);
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(refusal(get(&svc, &usual.code).await), Reason::InviteExpired);
    // An installation may choose another life, and longer codes.
    let settings = json!({"invitations": {"default_expiry_hours": 1, "code_length": 12}});
    let strict = world.instance_with(settings).await;
    let long = invite(&strict, &ada, for_room(&room)).await.unwrap();
    assert_eq!(long.code.len(), 12);
    assert_eq!(get(&strict, &long.code).await.unwrap(), room);
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(refusal(get(&strict, &long.code).await), Reason::InviteExpired);
}

/// Rows 003-3.2-32 and 003-4.2-7.
#[tokio::test]
async fn expired_invites_are_deleted_after_the_time_of_the_settings() {
    let world = World::start().await;
    let svc = world.instance().await;
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    invite(&svc, &ada, for_room(&room)).await.unwrap();
    // Each start of an instance cleans up.
    world.clock.advance(Duration::from_hours(24 + 47));
    drop(world.instance().await);
    invite(&svc, &ada, for_room(&room)).await.unwrap();
    assert_eq!(stored(&pool).await, 2, "an expired invite is kept for 48 hours");
    world.clock.advance(Duration::from_hours(2));
    let _cleaner = world.instance().await;
    let deleted = async {
        while stored(&pool).await > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), deleted).await.expect("it is deleted");
}
