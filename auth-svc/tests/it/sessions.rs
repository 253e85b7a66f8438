use proto::auth::v1::LogoutRequest;
use rpc::Reason;
use sqlx::PgPool;

use crate::world::{Client, World, get_me, opaque_start, refresh, refusal, register};

const PASSWORD: &str = "correct horse battery";
const WEEK_MIN: u64 = 7 * 24 * 60;

async fn log_out(client: &mut Client, refresh_token: &str) -> String {
    client
        .logout(LogoutRequest { refresh_token: refresh_token.into() })
        .await
        .unwrap()
        .into_inner()
        .refresh_token
}

#[tokio::test]
async fn a_refresh_gives_the_same_person_new_tokens() {
    let world = World::start().await;
    let mut client = world.client().await;
    let first = register(&mut client, "ada", PASSWORD).await.unwrap();
    let second = refresh(&mut client, &first.refresh_token).await.unwrap();
    assert_eq!(second.identity, first.identity);
    assert_ne!(second.refresh_token, first.refresh_token);
    get_me(&mut client, &second.access_token).await.unwrap();
    refresh(&mut client, &second.refresh_token).await.unwrap();
}

#[tokio::test]
async fn a_reused_refresh_token_ends_the_whole_session() {
    let world = World::start().await;
    let mut client = world.client().await;
    let first = register(&mut client, "ada", PASSWORD).await.unwrap();
    let second = refresh(&mut client, &first.refresh_token).await.unwrap();
    let third = refresh(&mut client, &second.refresh_token).await.unwrap();
    assert_eq!(refusal(refresh(&mut client, &first.refresh_token).await), Reason::RefreshReused);
    assert_eq!(refusal(refresh(&mut client, &third.refresh_token).await), Reason::RefreshInvalid);
}

#[tokio::test]
async fn concurrent_refreshes_end_the_session() {
    let world = World::start().await;
    let (mut one, mut other) = (world.client().await, world.client().await);
    let session = register(&mut one, "ada", PASSWORD).await.unwrap();
    let (first, second) =
        tokio::join!(refresh(&mut one, &session.refresh_token), refresh(&mut other, &session.refresh_token));
    let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
    assert_eq!(refusal(lost), Reason::RefreshReused);
    assert_eq!(refusal(refresh(&mut one, &won.unwrap().refresh_token).await), Reason::RefreshInvalid);
}

#[tokio::test]
async fn a_replay_ends_no_other_session_of_the_person() {
    let world = World::start().await;
    let mut client = world.client().await;
    let here = register(&mut client, "ada", PASSWORD).await.unwrap();
    let there = crate::world::log_in(&mut client, "ada", PASSWORD).await.unwrap();
    refresh(&mut client, &here.refresh_token).await.unwrap();
    assert_eq!(refusal(refresh(&mut client, &here.refresh_token).await), Reason::RefreshReused);
    refresh(&mut client, &there.refresh_token).await.unwrap();
}

#[tokio::test]
async fn logging_out_ends_the_session_and_is_idempotent() {
    let world = World::start().await;
    let mut client = world.client().await;
    let first = register(&mut client, "ada", PASSWORD).await.unwrap();
    let second = refresh(&mut client, &first.refresh_token).await.unwrap();
    for token in [
        first.refresh_token.as_str(),
        second.refresh_token.as_str(),
        second.refresh_token.as_str(),
        "no token",
        "",
    ] {
        assert_eq!(log_out(&mut client, token).await, "");
    }
    for token in [first.refresh_token.as_str(), second.refresh_token.as_str(), "no token", ""] {
        assert_eq!(refusal(refresh(&mut client, token).await), Reason::RefreshInvalid, "{token}");
    }
}

#[tokio::test]
async fn a_used_session_is_extended_and_an_unused_one_expires() {
    let world = World::start().await;
    let mut client = world.client().await;
    let first = register(&mut client, "ada", PASSWORD).await.unwrap();
    world.minutes_pass(WEEK_MIN - 1);
    let second = refresh(&mut client, &first.refresh_token).await.unwrap();
    world.minutes_pass(WEEK_MIN - 1);
    let third = refresh(&mut client, &second.refresh_token).await.unwrap();
    world.minutes_pass(WEEK_MIN);
    assert_eq!(refusal(refresh(&mut client, &third.refresh_token).await), Reason::RefreshInvalid);
}

#[tokio::test]
async fn a_restart_signs_nobody_out() {
    let world = World::start().await;
    let session = register(&mut world.client().await, "ada", PASSWORD).await.unwrap();
    let mut restarted = world.client().await;
    get_me(&mut restarted, &session.access_token).await.unwrap();
    refresh(&mut restarted, &session.refresh_token).await.unwrap();
}

async fn rows(pool: &PgPool) -> Vec<i64> {
    let mut rows = Vec::new();
    for table in ["accounts", "sessions", "refresh_tokens", "login_attempts", "login_failures"] {
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM auth.{table}"));
        rows.push(sqlx::query_scalar(count).fetch_one(pool).await.unwrap());
    }
    rows
}

#[tokio::test]
async fn only_expired_rows_are_deleted() {
    let world = World::start().await;
    let (mut client, pool) = (world.client().await, world.pool().await);
    let old = register(&mut client, "ada", PASSWORD).await.unwrap();
    opaque_start(&mut client, "nobody", "a guess").await.unwrap();
    world.minutes_pass(WEEK_MIN - 1);
    let kept = refresh(&mut client, &old.refresh_token).await.unwrap();
    register(&mut client, "ida", PASSWORD).await.unwrap();
    opaque_start(&mut client, "ida", PASSWORD).await.unwrap();
    assert_eq!(rows(&pool).await, [2, 2, 3, 2, 2]);
    world.upkeep().await;
    assert_eq!(rows(&pool).await, [2, 2, 3, 1, 1]);
    world.minutes_pass(1);
    world.upkeep().await;
    assert_eq!(rows(&pool).await, [2, 2, 2, 0, 1], "the token that was used is too old to be replayed");
    refresh(&mut client, &kept.refresh_token).await.unwrap();
    world.minutes_pass(WEEK_MIN);
    world.upkeep().await;
    assert_eq!(rows(&pool).await, [2, 0, 0, 0, 0]);
}
