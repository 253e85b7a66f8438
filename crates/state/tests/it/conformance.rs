//! The suite. Each test runs over memory and over Redis.

use std::time::Duration;

use bytes::Bytes;
use state::{Append, Delivery, Outcome, Rate, State};

use crate::{appended, event, next, step};

macro_rules! suite {
    ($($test:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(state::connect("").await.unwrap()).await;
            })*
        }
        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                let redis = testkit::Redis::start().await.unwrap();
                super::$test(state::connect(&redis.url()).await.unwrap()).await;
            })*
        }
    };
}

suite! {
    a_step_is_kept_and_numbered,
    a_step_for_another_version_changes_nothing,
    a_key_acts_once,
    events_follow_without_a_gap,
    what_was_missed_can_be_read,
    the_log_reaches_back_only_so_far,
    deliveries_come_in_order_and_only_from_the_room,
    every_subscriber_gets_everything,
    a_slow_subscriber_is_told_that_it_lost_some,
    of_two_who_append_at_once_one_wins,
    a_forgotten_room_starts_above_its_old_versions,
    a_room_is_forgotten_only_at_its_version,
    payloads_may_be_any_bytes,
    a_value_is_taken_once,
    a_value_expires,
    a_count_begins_with_its_first_call_and_ends_after_its_time,
    setting_a_key_again_replaces_value_and_time,
    a_bucket_gives_its_burst_and_says_when_the_next_token_is_there,
    a_token_comes_back_with_time,
    buckets_do_not_share_tokens,
    checking_takes_nothing,
    an_unlimited_bucket_never_refuses,
}

async fn a_step_is_kept_and_numbered(state: State) {
    assert_eq!(state.log.load("a").await.unwrap(), None);
    let first = appended(&state, "a", step(0, 7, 2)).await;
    let record = state.log.load("a").await.unwrap().unwrap();
    assert_eq!((record.version, record.last_seq, &record.state[..]), (first, 8, &b"state after 8"[..]));
    assert_eq!(appended(&state, "a", step(first, 9, 1)).await, first + 1);
    assert_eq!(state.log.load("b").await.unwrap(), None, "another room");
}

async fn a_step_for_another_version_changes_nothing(state: State) {
    let version = appended(&state, "a", step(0, 1, 1)).await;
    for expected in [0, version - 1, version + 1] {
        if expected != version {
            assert_eq!(state.log.append("a", step(expected, 2, 1)).await.unwrap(), Outcome::Conflict);
        }
    }
    assert_eq!(
        state.log.append("b", step(5, 1, 1)).await.unwrap(),
        Outcome::Conflict,
        "a room without a log"
    );
    assert_eq!(state.log.load("a").await.unwrap().unwrap().last_seq, 1);
    assert_eq!(state.log.read_after("a", 0).await.unwrap().unwrap().len(), 1);
}

async fn a_key_acts_once(state: State) {
    let keyed = |version, seq, answer: &'static str| Append {
        idempotency: Some(("key".to_owned(), Bytes::from_static(answer.as_bytes()))),
        ..step(version, seq, 1)
    };
    assert_eq!(state.log.answered("a", "key").await.unwrap(), None);
    let version = appended(&state, "a", keyed(0, 1, "first")).await;
    let answer = Bytes::from_static(b"first");
    assert_eq!(
        state.log.append("a", keyed(version, 2, "second")).await.unwrap(),
        Outcome::Duplicate(answer.clone())
    );
    assert_eq!(
        state.log.append("a", keyed(0, 1, "late")).await.unwrap(),
        Outcome::Duplicate(answer.clone()),
        "before the version is compared"
    );
    assert_eq!(state.log.answered("a", "key").await.unwrap(), Some(answer));
    assert_eq!(state.log.load("a").await.unwrap().unwrap().version, version);
    appended(&state, "b", keyed(0, 1, "another room")).await;
}

async fn events_follow_without_a_gap(state: State) {
    let version = appended(&state, "a", step(0, 5, 2)).await;
    assert!(state.log.append("a", step(version, 8, 1)).await.is_err(), "a gap");
    assert!(state.log.append("a", step(version, 6, 1)).await.is_err(), "a repetition");
    let version = appended(&state, "a", step(version, 7, 0)).await;
    appended(&state, "a", step(version, 7, 1)).await;
    let events = state.log.read_after("a", 4).await.unwrap().unwrap();
    assert_eq!(events, [(5, event(5)), (6, event(6)), (7, event(7))]);
}

async fn what_was_missed_can_be_read(state: State) {
    assert_eq!(state.log.read_after("a", 0).await.unwrap(), None, "a room without a log");
    appended(&state, "a", step(0, 10, 5)).await;
    let missed = |after| state.log.read_after("a", after);
    assert_eq!(missed(12).await.unwrap().unwrap(), [(13, event(13)), (14, event(14))]);
    assert_eq!(missed(14).await.unwrap(), Some(vec![]));
    assert_eq!(missed(9).await.unwrap().unwrap().len(), 5);
    assert_eq!(missed(8).await.unwrap(), None, "before the log began");
    assert_eq!(missed(15).await.unwrap(), None, "what the log never knew");
}

async fn the_log_reaches_back_only_so_far(state: State) {
    let mut version = 0;
    for seq in 1..=500 {
        version = appended(&state, "a", Append { keep: 10, ..step(version, seq, 1) }).await;
    }
    assert_eq!(state.log.read_after("a", 0).await.unwrap(), None);
    let last = state.log.read_after("a", 490).await.unwrap().unwrap();
    assert_eq!(last.len(), 10);
    assert_eq!(last[0], (491, event(491)));
}

async fn deliveries_come_in_order_and_only_from_the_room(state: State) {
    let mut deliveries = state.log.subscribe("a").await.unwrap();
    let with_notice = Append { notices: vec!["came".into()], ..step(0, 1, 2) };
    let version = appended(&state, "a", with_notice).await;
    appended(&state, "b", step(0, 1, 1)).await;
    state.log.notify("b", "elsewhere".into()).await.unwrap();
    state.log.notify("a", "by itself".into()).await.unwrap();
    assert_eq!(state.log.append("a", step(0, 3, 1)).await.unwrap(), Outcome::Conflict);
    appended(&state, "a", step(version, 3, 1)).await;
    let expected = [
        Delivery::Notice("came".into()),
        Delivery::Event { seq: 1, payload: event(1) },
        Delivery::Event { seq: 2, payload: event(2) },
        Delivery::Notice("by itself".into()),
        Delivery::Event { seq: 3, payload: event(3) },
    ];
    for delivery in expected {
        assert_eq!(next(&mut deliveries).await, delivery);
    }
}

async fn every_subscriber_gets_everything(state: State) {
    let mut early = state.log.subscribe("a").await.unwrap();
    let version = appended(&state, "a", step(0, 1, 1)).await;
    assert_eq!(next(&mut early).await, Delivery::Event { seq: 1, payload: event(1) });
    let mut late = state.log.subscribe("a").await.unwrap();
    drop(state.log.subscribe("a").await.unwrap());
    appended(&state, "a", step(version, 2, 1)).await;
    for deliveries in [&mut early, &mut late] {
        assert_eq!(next(deliveries).await, Delivery::Event { seq: 2, payload: event(2) });
    }
}

async fn a_slow_subscriber_is_told_that_it_lost_some(state: State) {
    let mut slow = state.log.subscribe("a").await.unwrap();
    let mut quick = state.log.subscribe("a").await.unwrap();
    let mut version = 0;
    for seq in 1..=2000 {
        version = appended(&state, "a", step(version, seq, 1)).await;
        // Until the other one has it, it may still be on its way to this one too.
        assert_eq!(next(&mut quick).await, Delivery::Event { seq, payload: event(seq) });
    }
    assert_eq!(next(&mut slow).await, Delivery::Lost);
    let mut last = 0;
    while last < 2000 {
        let Delivery::Event { seq, .. } = next(&mut slow).await else { panic!("lost twice") };
        assert!(last == 0 || seq == last + 1, "a gap after it was told: {last}, {seq}");
        last = seq;
    }
}

async fn of_two_who_append_at_once_one_wins(state: State) {
    let mut version = 0;
    for seq in 1..=100 {
        let (one, other) = tokio::join!(
            tokio::spawn({
                let state = state.clone();
                async move { state.log.append("a", step(version, seq, 1)).await.unwrap() }
            }),
            tokio::spawn({
                let state = state.clone();
                async move { state.log.append("a", step(version, seq, 1)).await.unwrap() }
            }),
        );
        version = match (one.unwrap(), other.unwrap()) {
            (Outcome::Appended(version), Outcome::Conflict)
            | (Outcome::Conflict, Outcome::Appended(version)) => version,
            both => panic!("not exactly one: {both:?}"),
        };
    }
    assert_eq!(state.log.load("a").await.unwrap().unwrap().last_seq, 100);
}

async fn a_forgotten_room_starts_above_its_old_versions(state: State) {
    let first = appended(&state, "a", step(0, 1, 1)).await;
    let version = appended(&state, "a", step(first, 2, 1)).await;
    let mut deliveries = state.log.subscribe("a").await.unwrap();
    assert!(state.log.remove("a", version).await.unwrap());
    assert_eq!(state.log.load("a").await.unwrap(), None);
    assert_eq!(state.log.read_after("a", 0).await.unwrap(), None);
    assert!(appended(&state, "a", step(0, 1, 1)).await > version);
    assert_eq!(
        next(&mut deliveries).await,
        Delivery::Event { seq: 1, payload: event(1) },
        "who listens still does"
    );
}

async fn a_room_is_forgotten_only_at_its_version(state: State) {
    assert!(!state.log.remove("a", 1).await.unwrap());
    let version = appended(&state, "a", step(0, 1, 1)).await;
    assert!(!state.log.remove("a", version + 1).await.unwrap());
    assert!(state.log.load("a").await.unwrap().is_some());
}

async fn payloads_may_be_any_bytes(state: State) {
    let payload = Bytes::from((0..=255).collect::<Vec<u8>>());
    let mut deliveries = state.log.subscribe("a").await.unwrap();
    let bytes = Append {
        state: payload.clone(),
        events: vec![payload.clone()],
        notices: vec![payload.clone()],
        ..step(0, 1, 1)
    };
    appended(&state, "a", bytes).await;
    assert_eq!(state.log.load("a").await.unwrap().unwrap().state, payload);
    assert_eq!(state.log.read_after("a", 0).await.unwrap().unwrap(), [(1, payload.clone())]);
    assert_eq!(next(&mut deliveries).await, Delivery::Notice(payload.clone()));
    assert_eq!(next(&mut deliveries).await, Delivery::Event { seq: 1, payload });
}

async fn a_value_is_taken_once(state: State) {
    state.keys.put("k", "value".into(), Duration::from_mins(1)).await.unwrap();
    assert_eq!(state.keys.get("k").await.unwrap(), Some("value".into()));
    let attempts = (0..8).map(|_| {
        let state = state.clone();
        tokio::spawn(async move { state.keys.take("k").await.unwrap() })
    });
    let taken = futures::future::join_all(attempts)
        .await
        .into_iter()
        .filter(|taken| taken.as_ref().unwrap().is_some());
    assert_eq!(taken.count(), 1);
    assert_eq!(state.keys.get("k").await.unwrap(), None);
}

async fn a_value_expires(state: State) {
    state.keys.put("short", "value".into(), Duration::from_millis(20)).await.unwrap();
    state.keys.put("long", "value".into(), Duration::from_mins(10)).await.unwrap();
    let gone = async {
        while state.keys.get("short").await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap();
    assert_eq!(state.keys.get("long").await.unwrap(), Some("value".into()));
}

async fn a_count_begins_with_its_first_call_and_ends_after_its_time(state: State) {
    let ttl = Duration::from_millis(20);
    assert_eq!(state.keys.count("long", Duration::from_mins(10)).await.unwrap(), 1);
    assert_eq!(state.keys.count("long", ttl).await.unwrap(), 2, "the first call says how long");
    // Counts until a call begins a new count: the one before has ended, though each call was within the time.
    let again = async {
        let mut last = state.keys.count("short", ttl).await.unwrap();
        loop {
            let next = state.keys.count("short", ttl).await.unwrap();
            if next == 1 {
                break;
            }
            assert_eq!(next, last + 1);
            last = next;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), again).await.unwrap();
    assert_eq!(state.keys.count("long", ttl).await.unwrap(), 3);
}

async fn setting_a_key_again_replaces_value_and_time(state: State) {
    state.keys.put("k", "first".into(), Duration::from_millis(20)).await.unwrap();
    state.keys.put("k", "second".into(), Duration::from_mins(10)).await.unwrap();
    state.keys.put("marker", "value".into(), Duration::from_millis(30)).await.unwrap();
    let gone = async {
        while state.keys.get("marker").await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap();
    assert_eq!(state.keys.get("k").await.unwrap(), Some("second".into()));
}

const HOURLY: Rate = Rate { interval: Duration::from_mins(12), burst: 5 };

async fn a_bucket_gives_its_burst_and_says_when_the_next_token_is_there(state: State) {
    for _ in 0..5 {
        assert_eq!(state.limits.take("rl:user:a", HOURLY), Ok(()));
    }
    let wait = state.limits.take("rl:user:a", HOURLY).unwrap_err();
    assert!((700..=720).contains(&wait.as_secs()), "{wait:?}");
    let again = state.limits.take("rl:user:a", HOURLY).unwrap_err();
    assert!(again <= wait, "a refusal costs nothing");
}

async fn a_token_comes_back_with_time(state: State) {
    let rate = Rate::new(50, Duration::from_secs(1), 1);
    // A slow machine gives the token back between two calls.
    while state.limits.take("rl:user:a", rate).is_ok() {}
    let back = async {
        while state.limits.take("rl:user:a", rate).is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), back).await.unwrap();
}

async fn buckets_do_not_share_tokens(state: State) {
    let rate = Rate::new(1, Duration::from_hours(1), 1);
    for key in ["rl:user:a", "rl:user:b", "rl:user:a:chat", "rl:ip:192.0.2.1"] {
        assert_eq!(state.limits.take(key, rate), Ok(()), "{key}");
        assert!(state.limits.take(key, rate).is_err(), "{key}");
    }
}

async fn checking_takes_nothing(state: State) {
    let rate = Rate::new(1, Duration::from_hours(1), 1);
    for _ in 0..3 {
        assert_eq!(state.limits.check("rl:ip:192.0.2.1", rate), Ok(()));
    }
    state.limits.take("rl:ip:192.0.2.1", rate).unwrap();
    assert!(state.limits.check("rl:ip:192.0.2.1", rate).is_err());
}

async fn an_unlimited_bucket_never_refuses(state: State) {
    for _ in 0..1000 {
        assert_eq!(state.limits.take("rl:user:a", Rate::UNLIMITED), Ok(()));
    }
}
