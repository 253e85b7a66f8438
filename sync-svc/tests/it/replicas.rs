//! Several replicas of the service on one Redis serve the same rooms.

use std::sync::Arc;

use proto::sync::v1::{Command, PlaybackEvent, PlayerState, PlayerStatus};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use rpc::{Reason, reason_of};
use testkit::user;

use crate::world::{Instance, World, command, pause, play, seek};

#[tokio::test(flavor = "multi_thread")]
async fn both_replicas_accept_commands_and_send_the_same_events() {
    const EACH: i64 = 60;
    let world = World::on_redis().await;
    let one = Arc::new(world.start_with_item().await);
    let other = Arc::new(world.start().await);
    let (mut from_one, mut from_other) = (one.subscribe(0).await, other.subscribe(0).await);
    assert_eq!(from_one.snapshot().await.state, from_other.snapshot().await.state);
    let senders = [&one, &other].map(|instance| {
        let instance = instance.clone();
        tokio::spawn(async move {
            let who = user("Someone");
            let mut answers = Vec::new();
            for position in 0..EACH {
                answers.push(instance.act(&who, seek(position)).await);
            }
            answers
        })
    });
    let (mut told_by_one, mut told_by_other) = (Vec::<PlaybackEvent>::new(), Vec::new());
    for _ in 0..2 * EACH {
        told_by_one.push(from_one.event().await);
        told_by_other.push(from_other.event().await);
    }
    assert_eq!(told_by_one, told_by_other);
    assert!(told_by_one.iter().zip(2..).all(|(event, seq)| event.seq == seq), "gapless");
    for answers in futures::future::join_all(senders).await {
        assert!(
            answers.unwrap().iter().all(|answer| told_by_one.contains(answer)),
            "each command is told as it was answered"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_senders_commands_keep_their_order_beside_another_replica() {
    const EACH: i64 = 60;
    let world = World::on_redis().await;
    let (one, other) = (world.start_with_item().await, world.start().await);
    let mut stream = one.subscribe(0).await;
    stream.snapshot().await;
    let (anna, ben) = (user("Anna"), user("Ben"));
    let mut senders = [one.send_all(&anna).await, other.send_all(&ben).await];
    let mut sent = [Vec::new(), Vec::new()];
    for position in 0..EACH {
        for ((commands, _), ids) in senders.iter().zip(&mut sent) {
            let next = command(seek(position));
            ids.push(next.id.clone());
            commands.unbounded_send(next).unwrap();
        }
    }
    let mut told = Vec::new();
    for _ in 0..2 * EACH {
        told.push(stream.event().await.command_id);
    }
    for ((_, answers), ids) in senders.iter_mut().zip(&sent) {
        let theirs: Vec<_> = told.iter().filter(|id| ids.contains(id)).collect();
        assert_eq!(theirs, ids.iter().collect::<Vec<_>>(), "decided as they were sent");
        for id in ids {
            assert_eq!(answers.recv().await.as_ref(), Some(id), "answered as they were sent");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_retried_at_another_replica_acts_once() {
    let world = World::on_redis().await;
    let (one, other) = (world.start_with_item().await, world.start().await);
    let (anna, again) = (user("Anna"), command(play()));
    let first = one.send(&anna, again.clone()).await.unwrap();
    let second = other.send(&anna, again).await.unwrap();
    assert!(!first.duplicate && second.duplicate);
    assert_eq!(first.event, second.event);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_replica_is_waited_for_by_the_other() {
    let world = World::on_redis().await;
    let (one, other) = (world.start_with_item().await, world.start().await);
    one.join("a", "gateway_1").await;
    other.join("b", "gateway_2").await;
    one.report("a", PlayerState::Ready).await.unwrap();
    other.report("b", PlayerState::Ready).await.unwrap();
    other.report("b", PlayerState::Loading).await.unwrap();
    let held = one.act(&user("Anna"), play()).await.state.unwrap().hold.unwrap();
    assert_eq!(held.waiting_session_ids, ["b"]);
    other.report("b", PlayerState::Ready).await.unwrap();
    assert_eq!(one.playback(&user("Anna")).await.hold, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_at_a_replica_that_lags_is_not_lost() {
    let world = World::on_redis().await;
    let (one, other) = (world.start_with_item().await, world.start().await);
    for (instance, session) in [(&one, "a"), (&other, "b")] {
        instance.join(session, "gateway_1").await;
        instance.report(session, PlayerState::Ready).await.unwrap();
    }
    // The other has not seen that the room waits for its member.
    let anna = user("Anna");
    one.act(&anna, play()).await;
    one.report("a", PlayerState::Ready).await.unwrap();
    let held = one.act(&anna, seek(90_000_000)).await;
    one.report("a", PlayerState::Ready).await.unwrap();
    let ready = PlayerStatus {
        state: PlayerState::Ready.into(),
        item_id: "item_1".into(),
        applied_seq: held.seq,
        ..PlayerStatus::default()
    };
    other.says("b", ready).await.unwrap();
    assert_eq!(one.playback(&anna).await.hold, None);
}

/// What one sender got for each of its commands.
type Answers = Vec<(Command, PlaybackEvent)>;

/// Sends at random, at either replica, some of it twice, and comes and goes meanwhile.
async fn sender(name: String, seed: u64, replicas: [Arc<Instance>; 2]) -> Answers {
    let mut random = StdRng::seed_from_u64(seed);
    let (who, mut answers) = (user(&name), Answers::new());
    for _ in 0..40 {
        let replica = &replicas[random.gen_range(0..2)];
        match random.gen_range(0..10) {
            0 => drop(replica.join(&name, "gateway_1").await),
            1 => replica.leave(&name).await,
            2 | 3 => {
                let state = PlayerState::try_from(random.gen_range(1..8)).unwrap();
                // Whoever is not there at the moment is told so.
                let _ = replica.report(&name, state).await;
            }
            4 if !answers.is_empty() => {
                let (again, first) = answers[random.gen_range(0..answers.len())].clone();
                let repeated = replica.send(&who, again).await.unwrap();
                assert!(repeated.duplicate);
                assert_eq!(repeated.event.unwrap(), first);
            }
            _ => {
                let action = match random.gen_range(0..4) {
                    0 => play(),
                    1 => pause(),
                    _ => seek(random.gen_range(0..604_800_000_000)),
                };
                let guess = random.gen_bool(0.2).then(|| answers.last().map_or(1, |(_, last)| last.seq));
                let command = Command { expected_seq: guess, ..command(action) };
                match replica.send(&who, command.clone()).await {
                    Ok(answer) => answers.push((command, answer.event.unwrap())),
                    Err(refused) => {
                        assert_eq!(reason_of(&refused), Some(Reason::StaleSequence), "{refused}");
                    }
                }
            }
        }
    }
    answers
}

/// Follows a replica to an event, now and then over a new stream; gives what it got.
async fn follow(instance: Arc<Instance>, to_seq: i64, each: usize) -> Vec<PlaybackEvent> {
    let mut told: Vec<PlaybackEvent> = Vec::new();
    let after = |told: &[PlaybackEvent]| told.last().map_or(1, |event| event.seq);
    while after(&told) < to_seq {
        let mut stream = instance.subscribe(after(&told)).await;
        let until = told.len().saturating_add(each);
        while told.len() < until && after(&told) < to_seq {
            told.push(stream.event().await);
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn random_commands_at_two_replicas_give_everyone_the_same_events() {
    let given = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    // Seen when it fails.
    println!("SEED={seed}");
    let world = World { log_length: 10_000, ..World::on_redis().await };
    let replicas = [Arc::new(world.start_with_item().await), Arc::new(world.start().await)];
    let senders = (0..4).map(|number| {
        tokio::spawn(sender(format!("sender{number}"), seed.wrapping_add(number), replicas.clone()))
    });
    let answers: Vec<_> =
        futures::future::join_all(senders).await.into_iter().flat_map(Result::unwrap).collect();
    let last = replicas[0].act(&user("Zoe"), pause()).await;
    let everyone = futures::future::join_all([
        follow(replicas[0].clone(), last.seq, usize::MAX),
        follow(replicas[1].clone(), last.seq, 7),
        follow(replicas[1].clone(), last.seq, 30),
    ])
    .await;
    for told in &everyone {
        assert_eq!(told, &everyone[0], "everyone is told the same");
    }
    let told = &everyone[0];
    assert!(told.iter().zip(2..).all(|(event, seq)| event.seq == seq), "gapless");
    for (command, answer) in &answers {
        let of_it: Vec<_> = told.iter().filter(|event| event.command_id == command.id).collect();
        assert_eq!(of_it, [answer], "what was acknowledged is there, once");
    }
    for replica in &replicas {
        assert_eq!(replica.playback(&user("Zoe")).await, last.state.clone().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_replicas_hands_the_room_over() {
    let world = World { owner_away_ms: 50, ..World::on_redis().await };
    let (one, other) = (world.start_with_item().await, world.start().await);
    one.join("a", "gateway_1").await;
    other.join("b", "gateway_2").await;
    world.rooms.belongs_to("user_a");
    world.rooms.acknowledged("belongs-to-user_a").await;
    one.leave("a").await;
    world.rooms.acknowledged("handed-over-1").await;
    let record = other.record().await;
    assert_eq!((record.owner_id.as_str(), record.owner_away_since_us), ("user_b", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_takes_over_the_absences_of_a_dead_one() {
    let world = World { owner_away_ms: 2000, ..World::on_redis().await };
    let (one, other) = (world.start_with_item().await, world.start().await);
    one.join("a", "gateway_1").await;
    other.join("b", "gateway_2").await;
    world.rooms.belongs_to("user_a");
    world.rooms.acknowledged("belongs-to-user_a").await;
    one.leave("a").await;
    drop(one);
    world.rooms.asked_to_hand_over(1).await;
    assert_eq!(world.rooms.known().hand_overs[0].candidate_ids, ["user_b"]);
}
