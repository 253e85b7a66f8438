//! Any order of what clients do gives what a plain list of events gives.

use std::collections::HashMap;

use bytes::Bytes;
use proptest::prelude::*;
use state::{Append, Outcome, State};

use crate::{event, step};

const KEEP: u64 = 5;

#[derive(Debug, Clone)]
enum Operation {
    /// A client looks at the room.
    Load {
        client: usize,
    },
    /// A client appends to what it saw last.
    Append {
        client: usize,
        events: u64,
        key: Option<u8>,
    },
    ReadAfter {
        back: u64,
    },
    Forget {
        client: usize,
    },
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        4 => (0..3_usize).prop_map(|client| Operation::Load { client }),
        6 => (0..3_usize, 0..4_u64, proptest::option::of(0..6_u8)).prop_map(|(client, events, key)| Operation::Append { client, events, key }),
        2 => (0..12_u64).prop_map(|back| Operation::ReadAfter { back }),
        1 => (0..3_usize).prop_map(|client| Operation::Forget { client }),
    ];
    proptest::collection::vec(operation, 1..40)
}

#[derive(Default)]
struct Model {
    version: u64,
    /// All events since the log began.
    events: Vec<u64>,
    last_seq: u64,
    answers: HashMap<u8, Bytes>,
}

/// `memory`: a room that is forgotten forgets its answers at once; on Redis they last their hour.
async fn run(state: &State, room: &str, memory: bool, operations: &[Operation]) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    let mut seen = [(0, 0); 3];
    for (number, operation) in operations.iter().enumerate() {
        match operation {
            Operation::Load { client } => {
                let record = state.log.load(room).await.unwrap();
                seen[*client] = record.as_ref().map_or((0, 0), |record| (record.version, record.last_seq));
                prop_assert_eq!(
                    seen[*client],
                    (model.version, if model.version == 0 { 0 } else { model.last_seq })
                );
            }
            Operation::Append { client, events, key } => {
                let (version, last_seq) = seen[*client];
                let answer = Bytes::from(format!("answer {number}"));
                let idempotency = key.map(|key| (key.to_string(), answer.clone()));
                let append = Append {
                    idempotency,
                    keep: usize::try_from(KEEP).unwrap(),
                    ..step(version, last_seq + 1, *events)
                };
                let outcome = state.log.append(room, append).await.unwrap();
                let before = key.and_then(|key| model.answers.get(&key));
                match (before, version == model.version) {
                    (Some(answer), _) => prop_assert_eq!(outcome, Outcome::Duplicate(answer.clone())),
                    (None, false) => prop_assert_eq!(outcome, Outcome::Conflict),
                    (None, true) => {
                        let Outcome::Appended(now) = outcome else { panic!("not appended: {outcome:?}") };
                        let follows = if version == 0 { now > 0 } else { now == version + 1 };
                        prop_assert!(follows);
                        model.version = now;
                        model.events.extend(last_seq + 1..=last_seq + events);
                        model.last_seq = last_seq + events;
                        model.answers.extend(key.map(|key| (key, answer)));
                        seen[*client] = (now, model.last_seq);
                    }
                }
            }
            Operation::ReadAfter { back } => {
                let after = model.last_seq.saturating_sub(*back);
                let read = state.log.read_after(room, after).await.unwrap();
                let expected: Vec<_> =
                    model.events.iter().filter(|seq| **seq > after).map(|seq| (*seq, event(*seq))).collect();
                let reaches_back = model.version > 0 && expected.len() as u64 == model.last_seq - after;
                match read {
                    Some(events) => prop_assert_eq!(events, expected),
                    // A store may keep more than it is asked to, never less.
                    None => prop_assert!(!reaches_back || expected.len() as u64 > KEEP),
                }
            }
            Operation::Forget { client } => {
                let version = seen[*client].0;
                let forgotten = state.log.remove(room, version).await.unwrap();
                prop_assert_eq!(forgotten, version == model.version && version > 0);
                if forgotten {
                    let answers = if memory { HashMap::new() } else { model.answers };
                    model = Model { answers, ..Model::default() };
                }
            }
        }
    }
    Ok(())
}

fn any_order(redis: bool) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = redis.then(|| runtime.block_on(testkit::Redis::start()).unwrap());
    let url = server.as_ref().map(testkit::Redis::url).unwrap_or_default();
    let state = runtime.block_on(state::connect(&url)).unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let room = std::cell::Cell::new(0_u32);
    let result = runner.run(&operations(), |operations| {
        room.set(room.get() + 1);
        runtime.block_on(run(&state, &room.get().to_string(), !redis, &operations))
    });
    result.unwrap();
}

#[test]
fn any_order_of_operations_in_memory() {
    any_order(false);
}

#[test]
fn any_order_of_operations_on_redis() {
    any_order(true);
}
