//! Replicas over one log and people who follow it, in any order and with anything lost on the way: everyone ends up with
//! the same, no number is missing, what was acknowledged stays, and nothing acts twice.

mod log;
mod people;
mod replica;

use std::{collections::HashMap, sync::Arc};

use futures::executor::block_on;
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::{RngSeed, TestRunner},
};
use proto::sync::v1::PlaybackEvent;
use state::RoomLog;

use self::{log::ModelLog, people::Follower, replica::Replica};
use super::{
    Input, Room,
    model::position_us,
    tests::random::{Happening, happening, is_sound},
};

const ROOM: &str = "room";
const REPLICAS: usize = 2;
const FOLLOWERS: usize = 3;
const CASES: u32 = 250;

#[derive(Debug, Clone)]
enum Move {
    /// Something happens at a replica.
    Happens(usize, Happening),
    /// As above, but the replica dies after the append: nobody is told, the sender not either.
    HappensUntold(usize, Happening),
    /// A command comes again, perhaps elsewhere.
    Repeats(usize, Index),
    /// It is noticed that deliveries were lost.
    LossIsNoticed,
    /// A replica is killed, and starts anew.
    Dies(usize),
    /// Someone reads what was delivered.
    Reads(usize),
    /// Someone's connection breaks, with all that was under way; they come back.
    Reconnects(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let replica = || 0..REPLICAS;
    let follower = || 0..FOLLOWERS;
    let one = prop_oneof![
        12 => (replica(), happening()).prop_map(|(replica, happening)| Move::Happens(replica, happening)),
        2 => (replica(), happening()).prop_map(|(replica, happening)| Move::HappensUntold(replica, happening)),
        3 => (replica(), any::<Index>()).prop_map(|(replica, index)| Move::Repeats(replica, index)),
        1 => Just(Move::LossIsNoticed),
        1 => replica().prop_map(Move::Dies),
        4 => follower().prop_map(Move::Reads),
        1 => follower().prop_map(Move::Reconnects),
    ];
    proptest::collection::vec(one, 1..120)
}

struct Run {
    log: Arc<dyn RoomLog>,
    model: Option<Arc<ModelLog>>,
    keep: usize,
    now_us: i64,
    replicas: Vec<Replica>,
    followers: Vec<Follower>,
    /// The commands that were sent, each with an id of its own.
    sent: Vec<Input>,
    /// What was acknowledged, by the command's id.
    acknowledged: HashMap<String, PlaybackEvent>,
    /// Everything that was ever appended, in order.
    history: Vec<PlaybackEvent>,
}

impl Run {
    async fn new(log: Arc<dyn RoomLog>, model: Option<Arc<ModelLog>>, keep: usize) -> Self {
        let mut followers = Vec::new();
        for _ in 0..FOLLOWERS {
            followers.push(Follower::join(&*log).await);
        }
        let replicas = (0..REPLICAS).map(|_| Replica::default()).collect();
        Self {
            log,
            model,
            keep,
            now_us: 1_000_000_000,
            replicas,
            followers,
            sent: Vec::new(),
            acknowledged: HashMap::new(),
            history: Vec::new(),
        }
    }

    async fn make(&mut self, one: Move) -> Result<(), TestCaseError> {
        match one {
            Move::Happens(replica, happening) => self.happens(replica, happening, true).await?,
            Move::HappensUntold(replica, happening) => {
                if let Some(model) = &self.model {
                    model.lose_what_comes();
                }
                self.happens(replica, happening, false).await?;
                self.replicas[replica] = Replica::default();
                if let Some(model) = &self.model {
                    model.deliver_again();
                }
            }
            Move::Repeats(replica, index) if !self.sent.is_empty() => {
                let input = index.get(&self.sent).clone();
                self.apply(replica, &input, true).await?;
            }
            Move::Repeats(..) => {}
            Move::LossIsNoticed => {
                if let Some(model) = &self.model {
                    model.admit_loss();
                }
            }
            Move::Dies(replica) => self.replicas[replica] = Replica::default(),
            Move::Reads(follower) => self.followers[follower].read(&*self.log).await?,
            Move::Reconnects(follower) => self.followers[follower].reconnect(&*self.log).await?,
        }
        Ok(())
    }

    async fn happens(&mut self, replica: usize, what: Happening, told: bool) -> Result<(), TestCaseError> {
        self.now_us += what.after_us;
        let mut input = what.input;
        if let Input::Command { command, .. } = &mut input {
            command.id = format!("command-{}", self.sent.len());
            self.sent.push(input.clone());
        }
        self.apply(replica, &input, told).await
    }

    async fn apply(&mut self, replica: usize, input: &Input, told: bool) -> Result<(), TestCaseError> {
        let done = self.replicas[replica].apply(&*self.log, input, self.now_us, self.keep).await?;
        let Some(done) = done else { return Ok(()) };
        self.history.extend(done.events);
        // A sender who is not told asks again, or never knows.
        if let Input::Command { command, .. } = input
            && let Some(answer) = done.answer
            && told
        {
            prop_assert_eq!(&answer.command_id, &command.id);
            let first = self.acknowledged.entry(command.id.clone()).or_insert_with(|| answer.clone());
            prop_assert_eq!(&*first, &answer, "the same answer each time");
        }
        Ok(())
    }

    /// When everything has settled.
    async fn check(mut self) -> Result<(), TestCaseError> {
        let record = self.log.load(ROOM).await.map_err(failed)?;
        let Some(record) = record else { return Ok(()) };
        let room = Room::decode(&record.state).map_err(failed)?;
        for (event, seq) in self.history.iter().zip(1..) {
            prop_assert_eq!(event.seq, seq, "no gap, and none twice");
            prop_assert!(event.state.as_ref().is_some_and(is_sound), "{:?}", event);
        }
        prop_assert_eq!(room.playback.seq, i64::try_from(self.history.len()).unwrap(), "none is lost");
        prop_assert_eq!(record.last_seq, self.history.len() as u64);
        for (id, answer) in &self.acknowledged {
            let of_it: Vec<_> = self.history.iter().filter(|event| event.command_id == *id).collect();
            prop_assert_eq!(of_it, vec![answer], "what was acknowledged is there, once");
        }
        let mut once = self
            .history
            .iter()
            .map(|event| &event.command_id)
            .filter(|id| !id.is_empty())
            .collect::<Vec<_>>();
        once.sort_unstable();
        prop_assert!(once.windows(2).all(|pair| pair[0] != pair[1]), "no command acts twice");
        for follower in &mut self.followers {
            follower.settle(&*self.log).await?;
            prop_assert_eq!(&follower.state, &room.playback, "everyone has the same");
            for at_us in [0, self.now_us, self.now_us + 3_600_000_000, i64::MAX] {
                let position_us = position_us(&follower.state, at_us);
                prop_assert!((0..=604_800_000_000).contains(&position_us), "{}", position_us);
            }
        }
        Ok(())
    }
}

fn failed(error: impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

/// Runs it with another seed each time, which a failure tells.
fn hold(log: impl Fn() -> (Arc<dyn RoomLog>, Option<Arc<ModelLog>>)) {
    let seed = std::env::var("PROPTEST_RNG_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(rand::random);
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    };
    let keep = select(vec![1, 5, 1000]);
    let result = TestRunner::new(config).run(&(moves(), keep), |(moves, keep)| {
        let (log, model) = log();
        block_on(async {
            let mut run = Run::new(log, model, keep).await;
            for one in moves {
                run.make(one).await?;
            }
            run.check().await
        })
    });
    if let Err(error) = result {
        panic!("{error}\nagain with PROPTEST_RNG_SEED={seed}");
    }
}

#[test]
fn properties_hold_over_a_log_that_loses_deliveries() {
    hold(|| {
        let model = Arc::new(ModelLog::default());
        (model.clone(), Some(model))
    });
}

#[test]
fn properties_hold_over_the_memory_log() {
    hold(|| (block_on(state::connect("")).unwrap().log, None));
}
