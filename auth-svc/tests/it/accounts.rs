use rpc::{Reason, SubjectKind};

use crate::world::{World, get_me, log_in, opaque_log_in, opaque_register, refusal, register};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn a_person_registers_and_logs_in_with_a_password() {
    let world = World::start().await;
    let mut client = world.client().await;
    let session = register(&mut client, "Ada", PASSWORD).await.unwrap();
    let me = get_me(&mut client, &session.access_token).await.unwrap();
    let identity = me.identity.unwrap();
    assert_eq!((me.username.as_str(), identity.display_name.as_str()), ("Ada", "Ada"));
    assert_eq!(identity.kind(), SubjectKind::User);
    assert_eq!(me.created_at.unwrap().seconds, world.clock.now().timestamp());

    let again = log_in(&mut client, "aDa", PASSWORD).await.unwrap();
    assert_eq!(again.identity.unwrap(), identity, "the name is shown as it was chosen");
    assert_ne!(again.refresh_token, session.refresh_token);
}

#[tokio::test]
async fn a_password_works_plain_and_by_opaque_however_it_was_set() {
    let world = World::start().await;
    let mut client = world.client().await;
    let plain = register(&mut client, "plain", PASSWORD).await.unwrap().identity;
    let opaque = opaque_register(&mut client, "opaque", PASSWORD).await.unwrap().identity;
    assert_eq!(opaque_log_in(&mut client, "plain", PASSWORD).await.unwrap().identity, plain);
    assert_eq!(log_in(&mut client, "opaque", PASSWORD).await.unwrap().identity, opaque);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_one_answer() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "ada", PASSWORD).await.unwrap();
    let wrong = log_in(&mut client, "ada", "another password").await.unwrap_err();
    let unknown = log_in(&mut client, "nobody", "another password").await.unwrap_err();
    assert_eq!(rpc::reason_of(&wrong), Some(Reason::WrongCredentials));
    assert_eq!(
        (wrong.code(), wrong.message(), wrong.details()),
        (unknown.code(), unknown.message(), unknown.details())
    );
}

#[tokio::test]
async fn a_name_is_reserved_in_every_spelling() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "Zoë", PASSWORD).await.unwrap();
    for name in ["Zoë", "ZOË", "Zoe\u{308}"] {
        assert_eq!(refusal(register(&mut client, name, PASSWORD).await), Reason::UsernameTaken, "{name}");
        assert_eq!(
            refusal(opaque_register(&mut client, name, PASSWORD).await),
            Reason::UsernameTaken,
            "{name}"
        );
    }
}

#[tokio::test]
async fn concurrent_registrations_of_one_name_create_one_account() {
    let world = World::start().await;
    let (mut one, mut other) = (world.client().await, world.client().await);
    let (one, other) =
        tokio::join!(register(&mut one, "ada", PASSWORD), register(&mut other, "ADA", PASSWORD));
    let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
    assert!(won.is_ok());
    assert_eq!(refusal(lost), Reason::UsernameTaken);
}

#[tokio::test]
async fn weak_passwords_and_impossible_names_are_refused_by_name() {
    let world = World::start().await;
    let mut client = world.client().await;
    for password in ["password1", "Ada.Lovelace", "aaaaaaaaaa"] {
        assert_eq!(
            refusal(register(&mut client, "ada.lovelace", password).await),
            Reason::WeakPassword,
            "{password}"
        );
    }
    let short = register(&mut client, "ada", "short").await.unwrap_err();
    assert!(short.message().contains("password"), "{}", short.message());
    assert_eq!(refusal(register(&mut client, "a b", PASSWORD).await), Reason::InvalidField);
    assert_eq!(
        refusal(log_in(&mut client, "ada.lovelace", "password1").await),
        Reason::WrongCredentials,
        "nothing was made"
    );
}

// Case A20: one keyboard sends ñ as one character, another as n with a combining tilde.
#[tokio::test]
async fn a_password_in_another_unicode_form_opens_the_account() {
    let (composed, decomposed) = ("contrase\u{F1}a segura", "contrasen\u{303}a segura");
    let world = World::start().await;
    let mut client = world.client().await;
    let identity = register(&mut client, "plain", composed).await.unwrap().identity;
    assert_eq!(log_in(&mut client, "plain", decomposed).await.unwrap().identity, identity);
    assert_eq!(
        opaque_log_in(&mut client, "plain", composed).await.unwrap().identity,
        identity,
        "as browsers send it"
    );
    let identity = register(&mut client, "decomposed", decomposed).await.unwrap().identity;
    assert_eq!(log_in(&mut client, "decomposed", composed).await.unwrap().identity, identity);
    let identity = opaque_register(&mut client, "opaque", composed).await.unwrap().identity;
    assert_eq!(log_in(&mut client, "opaque", decomposed).await.unwrap().identity, identity);
    register(&mut client, "wide", "\u{FF21}bcdefgh and more").await.unwrap();
    assert_eq!(
        refusal(log_in(&mut client, "wide", "Abcdefgh and more").await),
        Reason::WrongCredentials,
        "a full-width letter is another letter"
    );
    assert_eq!(
        refusal(log_in(&mut client, "wide", " \u{FF21}bcdefgh and more").await),
        Reason::WrongCredentials
    );
}

// Case A14.
#[tokio::test]
async fn deceptive_account_names_are_rejected() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "paypal", PASSWORD).await.unwrap();
    for twin in ["раураӏ", "paypaI", "PayPa1"] {
        assert_eq!(refusal(register(&mut client, twin, PASSWORD).await), Reason::UsernameTaken, "{twin}");
        assert_eq!(
            refusal(opaque_register(&mut client, twin, PASSWORD).await),
            Reason::UsernameTaken,
            "{twin}"
        );
    }
    for name in ["p\u{430}ypal", "admin", "Adm1n", "ad\u{3164}a", "a\u{301}\u{302}\u{303}da", "syncwatch"] {
        for outcome in
            [register(&mut client, name, PASSWORD).await, opaque_register(&mut client, name, PASSWORD).await]
        {
            let status = outcome.unwrap_err();
            assert_eq!(rpc::reason_of(&status), Some(Reason::InvalidField), "{name}: {status:?}");
            assert!(status.message().starts_with("username"), "{name}: {status:?}");
        }
    }
}

/// Accounts of an older version have no skeleton yet; two of them may already look alike.
#[tokio::test]
async fn older_accounts_keep_their_names_and_block_lookalikes() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "paypal", PASSWORD).await.unwrap();
    register(&mut client, "someone", PASSWORD).await.unwrap();
    let pool = world.pool().await;
    sqlx::query("UPDATE auth.accounts SET username_skeleton = NULL").execute(&pool).await.unwrap();
    sqlx::query("UPDATE auth.accounts SET username = 'раураӏ' WHERE username = 'someone'")
        .execute(&pool)
        .await
        .unwrap();
    world.upkeep().await;
    let filled: Vec<Option<String>> =
        sqlx::query_scalar("SELECT username_skeleton FROM auth.accounts ORDER BY created_at, id")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(filled, [Some("paypal".to_owned()), None], "the older one has it");
    log_in(&mut client, "someone", PASSWORD).await.unwrap();
    assert_eq!(refusal(register(&mut client, "paypa1", PASSWORD).await), Reason::UsernameTaken);
}
