use rpc::{Reason, SubjectKind};

use crate::world::{World, get_me, log_in, opaque_log_in, opaque_register, refusal, register};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn someone_registers_and_logs_in_with_a_password() {
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
async fn a_password_works_both_ways_whichever_way_it_was_set() {
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
async fn a_name_is_taken_in_every_spelling() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "Zoë", PASSWORD).await.unwrap();
    for name in ["Zoë", "ZOË", "ｚｏë"] {
        assert_eq!(refusal(register(&mut client, name, PASSWORD).await), Reason::UsernameTaken, "{name}");
        assert_eq!(
            refusal(opaque_register(&mut client, name, PASSWORD).await),
            Reason::UsernameTaken,
            "{name}"
        );
    }
}

#[tokio::test]
async fn of_two_who_want_one_name_at_once_one_gets_it() {
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
