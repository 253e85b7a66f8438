use auth_svc::{Config, Deps, generate_secrets};
use proto::auth::v1::{
    CreateGuestRequest, GetJwksRequest, GetMeRequest, auth_service_client::AuthServiceClient,
};
use rpc::{Reason, RemoteKeys, Verifier};
use runtime::{Clock, Secret, Shutdown, Tasks};

use crate::world::{Client, World, get_me, refresh, refusal, register};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn other_services_verify_a_token_with_the_public_keys() {
    let world = World::start().await;
    let channel = world.remote_channel().await;
    let mut client: Client = AuthServiceClient::new(channel.clone());
    let session = register(&mut client, "ada", PASSWORD).await.unwrap();
    let verifier = Verifier::new(RemoteKeys(channel));
    assert_eq!(Some(verifier.verify(&session.access_token).await.unwrap()), session.identity);
    let (content, signature) = session.access_token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{content}.{flipped}{}", &signature[1..]);
    assert_eq!(verifier.verify(&forged).await.unwrap_err().reason(), Reason::TokenInvalid);

    let keys = client.get_jwks(GetJwksRequest {}).await.unwrap().into_inner().keys;
    let [key] = keys.as_slice() else { panic!("one key, not {keys:?}") };
    assert_eq!(
        (key.kty.as_str(), key.crv.as_str(), key.alg.as_str(), key.r#use.as_str()),
        ("OKP", "Ed25519", "EdDSA", "sig")
    );
}

#[tokio::test]
async fn a_token_expires_and_is_refreshed() {
    let world = World::start().await;
    let mut client = world.client().await;
    let now_us = world.clock.now_us();
    // Beyond the 15 minutes of the token and the minute of leeway.
    world.clock.set_offset_us(now_us - 17 * 60 * 1_000_000);
    let session = register(&mut client, "ada", PASSWORD).await.unwrap();
    assert_eq!(session.access_expires_at.unwrap().seconds, world.clock.now().timestamp() + 15 * 60);
    assert_eq!(refusal(get_me(&mut client, &session.access_token).await), Reason::TokenExpired);
    world.minutes_pass(17);
    let session = refresh(&mut client, &session.refresh_token).await.unwrap();
    get_me(&mut client, &session.access_token).await.unwrap();
}

// Case O20: the clocks of auth-svc and of whoever verifies differ.
#[tokio::test]
async fn clock_skew_signs_nobody_out() {
    let world = World::start().await;
    let mut client = world.client().await;
    let clocks_differ_by =
        |seconds: i64| world.clock.set_offset_us(Clock::system().now_us() + seconds * 1_000_000);
    for seconds in [30, 90, 3600] {
        // auth-svc is ahead: its tokens come from the future.
        clocks_differ_by(seconds);
        let session = register(&mut client, &format!("ahead_{seconds}"), PASSWORD).await.unwrap();
        get_me(&mut client, &session.access_token).await.unwrap();
    }
    // auth-svc is behind by the life of a token and a second, which is within the leeway of a minute; then beyond it.
    for (seconds, works) in [(1, true), (90, false)] {
        clocks_differ_by(-(15 * 60 + seconds));
        let session = register(&mut client, &format!("behind_{seconds}"), PASSWORD).await.unwrap();
        let outcome = get_me(&mut client, &session.access_token).await;
        assert_eq!(outcome.is_ok(), works, "{seconds}: {outcome:?}");
        if let Err(status) = outcome {
            assert_eq!(rpc::reason_of(&status), Some(Reason::TokenExpired));
            assert!(status.message().contains("clocks"), "{status:?}");
        }
    }
}

#[tokio::test]
async fn an_invalid_token_does_not_block_signing_in() {
    let world = World::start().await;
    let mut client = world.client().await;
    let mut request = tonic::Request::new(CreateGuestRequest::default());
    request.metadata_mut().insert("authorization", "Bearer nonsense".parse().unwrap());
    client.create_guest(request).await.unwrap();
    assert_eq!(refusal(get_me(&mut client, "nonsense").await), Reason::TokenInvalid);
    assert_eq!(refusal(client.get_me(GetMeRequest {}).await), Reason::Unauthenticated);
}

#[tokio::test]
async fn a_new_signing_key_keeps_tokens_valid_and_a_removed_one_does_not() {
    let world = World::start().await;
    let old = register(&mut world.client().await, "ada", PASSWORD).await.unwrap();
    let fresh = generate_secrets().signing_key;
    let keys = |keys: &[&str]| Config {
        signing_keys: keys.iter().map(|key| Secret::new(*key)).collect(),
        ..world.config()
    };

    let both = keys(&[&fresh, &world.secrets.signing_key]);
    let mut client = AuthServiceClient::new(world.service_with(&both).await.local());
    get_me(&mut client, &old.access_token).await.unwrap();
    let new = refresh(&mut client, &old.refresh_token).await.unwrap();
    assert_eq!(client.get_jwks(GetJwksRequest {}).await.unwrap().into_inner().keys.len(), 2);

    let mut client = AuthServiceClient::new(world.service_with(&keys(&[&fresh])).await.local());
    get_me(&mut client, &new.access_token).await.unwrap();
    assert_eq!(refusal(get_me(&mut client, &old.access_token).await), Reason::TokenInvalid);
}

#[tokio::test]
async fn a_token_of_a_deleted_account_is_rejected() {
    let world = World::start().await;
    let mut client = world.client().await;
    let session = register(&mut client, "ada", PASSWORD).await.unwrap();
    sqlx::query("DELETE FROM auth.accounts").execute(&world.pool().await).await.unwrap();
    assert_eq!(refusal(get_me(&mut client, &session.access_token).await), Reason::TokenInvalid);
    assert_eq!(refusal(refresh(&mut client, &session.refresh_token).await), Reason::RefreshInvalid);
}

#[tokio::test]
async fn missing_secrets_and_invalid_lifetimes_are_named() {
    let world = World::start().await;
    let (pool, config) = (world.pool().await, world.config());
    let cases = [
        ("auth.opaque_setup", Config { opaque_setup: Secret::default(), ..config.clone() }),
        ("auth.signing_keys", Config { signing_keys: vec![], ..config.clone() }),
        ("auth.signing_keys[0]", Config { signing_keys: vec![Secret::new("x")], ..config.clone() }),
        ("auth.access_token_minutes", Config { access_token_minutes: 0, ..config.clone() }),
        ("auth.refresh_token_days", Config { refresh_token_days: 1_000_000, ..config }),
    ];
    for (setting, config) in cases {
        let deps = Deps { pool: pool.clone(), clock: world.clock.clone(), token: testkit::service_token() };
        let error =
            auth_svc::build(&config, deps, &mut Tasks::new(Shutdown::default())).err().expect(setting);
        assert!(error.to_string().contains(setting), "{error}");
    }
}
