use opaque_ke::{ClientLogin, ClientRegistration};
use proto::auth::v1::{
    FinishLoginRequest, FinishRegistrationRequest, StartLoginRequest, StartRegistrationRequest,
};
use rand::rngs::OsRng;
use rpc::Reason;
use tonic_types::StatusExt as _;

use crate::world::{
    Client, Suite, World, encode, opaque_log_in, opaque_open, opaque_register, opaque_start, refusal,
    register,
};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn a_person_registers_and_logs_in_without_sending_the_password() {
    let world = World::start().await;
    let mut client =
        proto::auth::v1::auth_service_client::AuthServiceClient::new(world.remote_channel().await);
    let identity = opaque_register(&mut client, "Ada", PASSWORD).await.unwrap().identity;
    assert_eq!(opaque_log_in(&mut client, "ada", PASSWORD).await.unwrap().identity, identity);
    let (state, answer) = opaque_start(&mut client, "ada", "another password").await.unwrap();
    assert!(opaque_open(state, &answer, "another password").is_none());
}

#[tokio::test]
async fn an_unknown_name_gets_the_same_answer_as_a_known_one() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "ada", PASSWORD).await.unwrap();
    let mut finished = Vec::new();
    let mut shapes = Vec::new();
    for name in ["ada", "nobody"] {
        let (state, answer) = opaque_start(&mut client, name, "a guess").await.unwrap();
        shapes.push((answer.login_id.len(), answer.login_response.len(), answer.key_stretching));
        assert!(opaque_open(state, &answer, "a guess").is_none(), "{name}");
        let forged = FinishLoginRequest { login_id: answer.login_id, finish_login_request: encode([7; 64]) };
        let status = client.finish_login(forged).await.unwrap_err();
        assert_eq!(rpc::reason_of(&status), Some(Reason::WrongCredentials), "{status:?}");
        finished.push((status.message().to_owned(), status.details().to_vec()));
    }
    assert_eq!(shapes[0], shapes[1]);
    assert_eq!(finished[0], finished[1]);
}

#[tokio::test]
async fn a_sign_in_started_on_one_replica_finishes_once_on_another() {
    let world = World::start().await;
    let (mut one, mut other) = (world.client().await, world.client().await);
    register(&mut one, "ada", PASSWORD).await.unwrap();
    let (state, answer) = opaque_start(&mut one, "ada", PASSWORD).await.unwrap();
    let finish = opaque_open(state, &answer, PASSWORD).unwrap();
    other.finish_login(finish.clone()).await.unwrap();
    assert_eq!(refusal(one.finish_login(finish).await), Reason::CeremonyExpired);
}

#[tokio::test]
async fn an_expired_sign_in_has_to_start_again() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "ada", PASSWORD).await.unwrap();
    let (state, answer) = opaque_start(&mut client, "ada", PASSWORD).await.unwrap();
    let finish = opaque_open(state, &answer, PASSWORD).unwrap();
    world.minutes_pass(1);
    assert_eq!(refusal(client.finish_login(finish).await), Reason::CeremonyExpired);
    opaque_log_in(&mut client, "ada", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_malformed_opaque_message_is_rejected_by_field() {
    let world = World::start().await;
    let mut client = world.client().await;
    let field = |status: tonic::Status| {
        assert_eq!(rpc::reason_of(&status), Some(Reason::InvalidField), "{status:?}");
        status.get_details_bad_request().unwrap().field_violations.remove(0).field
    };
    for garbage in ["§§§", "YWJj", "=", &encode([255; 32]), &encode([0; 192]), &encode([1; 400])] {
        let request =
            StartRegistrationRequest { username: "ada".into(), registration_request: garbage.into() };
        assert_eq!(
            field(client.start_registration(request).await.unwrap_err()),
            "registration_request",
            "{garbage}"
        );
        let request =
            FinishRegistrationRequest { username: "ada".into(), registration_record: garbage.into() };
        assert_eq!(
            field(client.finish_registration(request).await.unwrap_err()),
            "registration_record",
            "{garbage}"
        );
        let request = StartLoginRequest { username: "ada".into(), start_login_request: garbage.into() };
        assert_eq!(field(client.start_login(request).await.unwrap_err()), "start_login_request", "{garbage}");
    }
    let start = ClientLogin::<Suite>::start(&mut OsRng, b"x").unwrap();
    let request =
        StartLoginRequest { username: "ada".into(), start_login_request: encode(start.message.serialize()) };
    let login_id = client.start_login(request).await.unwrap().into_inner().login_id;
    let request = FinishLoginRequest { login_id, finish_login_request: "abc".into() };
    assert_eq!(field(client.finish_login(request).await.unwrap_err()), "finish_login_request");
}

async fn start_registration(client: &mut Client, username: &str) -> Result<(), tonic::Status> {
    let start = ClientRegistration::<Suite>::start(&mut OsRng, b"a guess").unwrap();
    let request = StartRegistrationRequest {
        username: username.into(),
        registration_request: encode(start.message.serialize()),
    };
    client.start_registration(request).await.map(|_| ())
}

/// The answer to a sign-up answers a guess as well: for a name that is taken there is none, and for one that is free
/// no more than a sign-in would get.
#[tokio::test]
async fn registration_does_not_bypass_the_guess_limit() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "ada", PASSWORD).await.unwrap();
    assert_eq!(refusal(start_registration(&mut client, "ADA").await), Reason::UsernameTaken);
    for _ in 0..5 {
        start_registration(&mut client, "ida").await.unwrap();
    }
    assert_eq!(refusal(start_registration(&mut client, "Ida").await), Reason::RateLimited);
    world.minutes_pass(1);
    opaque_register(&mut client, "ida", PASSWORD).await.unwrap();
    opaque_log_in(&mut client, "ida", PASSWORD).await.unwrap();
}
