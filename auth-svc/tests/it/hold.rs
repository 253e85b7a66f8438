use rpc::Reason;
use tonic_types::StatusExt as _;

use crate::world::{Client, World, log_in, opaque_log_in, opaque_register, opaque_start, refusal, register};

const PASSWORD: &str = "correct horse battery";

async fn wait_s(client: &mut Client, name: &str) -> u64 {
    let status = log_in(client, name, PASSWORD).await.unwrap_err();
    assert_eq!(rpc::reason_of(&status), Some(Reason::RateLimited), "{status:?}");
    status.get_details_retry_info().unwrap().retry_delay.unwrap().as_secs()
}

#[tokio::test]
async fn five_wrong_passwords_put_a_name_on_hold_on_every_replica() {
    let world = World::start().await;
    let (mut one, mut other) = (world.client().await, world.client().await);
    register(&mut one, "ada", PASSWORD).await.unwrap();
    for name in ["ada", "ADA", "ada", "Ada", "ada"] {
        assert_eq!(refusal(log_in(&mut one, name, "wrong password").await), Reason::WrongCredentials);
    }
    assert_eq!(wait_s(&mut other, "ada").await, 60);
    assert_eq!(
        refusal(opaque_start(&mut other, "ada", PASSWORD).await.map(|(_, answer)| answer)),
        Reason::RateLimited
    );
    world.minutes_pass(1);
    log_in(&mut other, "ada", PASSWORD).await.unwrap();
    for _ in 0..5 {
        assert_eq!(
            refusal(log_in(&mut one, "ada", "wrong password").await),
            Reason::WrongCredentials,
            "the count began anew"
        );
    }
}

#[tokio::test]
async fn the_hold_grows_and_is_the_same_for_unknown_names() {
    let world = World::start().await;
    let mut client = world.client().await;
    register(&mut client, "ada", PASSWORD).await.unwrap();
    for guess in 0..16 {
        let mut waits = Vec::new();
        for name in ["ada", "nobody"] {
            if guess >= 5 {
                waits.push(wait_s(&mut client, name).await);
            }
        }
        let expected = [60, 300, 900].get((guess / 5_usize).wrapping_sub(1));
        assert_eq!(waits, expected.map_or(vec![], |wait| vec![*wait, *wait]), "at guess {guess}");
        world.minutes_pass(expected.unwrap_or(&0) / 60);
        for name in ["ada", "nobody"] {
            assert_eq!(refusal(log_in(&mut client, name, "wrong password").await), Reason::WrongCredentials);
        }
    }
}

/// By OPAQUE a guess shows in the answer to its start; who guesses never finishes.
#[tokio::test]
async fn a_guess_counts_as_soon_as_it_is_answered() {
    let world = World::start().await;
    let mut client = world.client().await;
    opaque_register(&mut client, "ada", PASSWORD).await.unwrap();
    for _ in 0..5 {
        opaque_start(&mut client, "ada", "a guess").await.unwrap();
    }
    assert_eq!(wait_s(&mut client, "ada").await, 60);
    world.minutes_pass(1);
    opaque_log_in(&mut client, "ada", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn concurrent_guesses_are_counted_one_by_one() {
    let world = World::start().await;
    let client = world.client().await;
    let guesses = (0..12).map(|_| {
        let mut client = client.clone();
        async move { opaque_start(&mut client, "nobody", "a guess").await.is_ok() }
    });
    let answered = futures::future::join_all(guesses).await.into_iter().filter(|answered| *answered).count();
    assert_eq!(answered, 5);
}
