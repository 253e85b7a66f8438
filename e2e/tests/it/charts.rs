//! The Helm charts, held against the real programs: each service starts with the environment, the command and the Secret
//! that its chart gives its pod, and calls those services alone that `docs/calls.md` names.

mod pods;
mod rendered;

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::Context as _;
use e2e::Guest;
use reqwest::Method;
use serde_json::{Value, json};

use self::{pods::Pods, rendered::Charts};

/// Who calls whom: the caller, then the service that it calls.
type Call = (String, String);

#[tokio::test]
async fn each_service_runs_with_what_its_chart_gives_it() -> anyhow::Result<()> {
    let charts = Charts::render()?;
    for name in charts.services() {
        let pod = charts.pod(name)?;
        pod.validate()?;
        assert_eq!(pod.env.get("SYNCWATCH_SERVICES__REPLICAS"), Some(&pod.replicas), "{name}");
    }
    let pods = Pods::start(&charts).await?;
    watch_the_film(&pods.url).await
}

#[tokio::test]
async fn calls_between_services_are_those_of_the_document() -> anyhow::Result<()> {
    let documented = documented_calls();
    let charts = Charts::render()?;
    let pods = Pods::start(&charts).await?;
    watch_the_film(&pods.url).await?;
    // Asked for segments that are not made yet alone, which this film has none of (media-svc/tests/it/hls.rs), and between replicas
    // of the media server (voice-svc/tests/it/hosts.rs).
    let rare = [("media-edge", "media-svc"), ("voice-svc", "voice-svc")]
        .map(|(from, to)| (from.to_owned(), to.to_owned()));
    let mut usual = documented.clone();
    assert!(rare.iter().all(|call| usual.remove(call)), "docs/calls.md has them");
    pods.calls.wait_for(&usual).await;
    let mut seen = pods.calls.seen();
    seen.retain(|call| !rare.contains(call));
    assert_eq!(seen, usual, "left: as measured, right: docs/calls.md");
    Ok(())
}

#[test]
fn network_policies_admit_the_documented_calls_alone() -> anyhow::Result<()> {
    let charts = Charts::render()?;
    let documented = documented_calls();
    for name in charts.services() {
        let policy = charts.network_policy(name)?;
        let callers: BTreeSet<_> =
            documented.iter().filter(|(_, to)| to == name).map(|(from, _)| from.clone()).collect();
        let calls: BTreeSet<_> =
            documented.iter().filter(|(from, _)| from == name).map(|(_, to)| to.clone()).collect();
        assert_eq!(policy.callers, callers, "callers of {name}");
        assert_eq!(policy.calls, calls, "calls of {name}");
    }
    Ok(())
}

/// One evening: someone comes, makes a room, enters its voice chat, chooses the film, plays it and gets its bytes.
async fn watch_the_film(url: &str) -> anyhow::Result<()> {
    let mia = Guest::arrive(url, "Mia").await?;
    let room = mia.make_room().await?;
    let mut socket = mia.enter(&room).await?;
    let talk = json!({"sessionId": socket.welcome["sessionId"], "own": {"muted": true}});
    mia.ok(Method::POST, &format!("/api/rooms/{room}/voice"), talk).await?;
    let item = mia.add_test_film(&room).await?;
    socket
        .next("the film", |frame| {
            frame.get("event").filter(|event| event["state"]["itemId"] == item.as_str()).map(drop)
        })
        .await?;
    let state = mia.ok(Method::GET, &format!("/api/rooms/{room}/playback"), Value::Null).await?;
    assert_eq!(state["state"]["itemId"], item.as_str());
    let path = format!("/api/rooms/{room}/playlist/{item}/playback");
    let info = mia.ok(Method::GET, &path, Value::Null).await?;
    let link = info["url"].as_str().context("the film has no URL")?;
    let (status, bytes) = mia.fetch(link, Some("bytes=0-99")).await?;
    assert_eq!((status, bytes.len()), (206, 100));
    Ok(())
}

/// The rows of the table in `docs/calls.md`.
fn documented_calls() -> BTreeSet<Call> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/calls.md")).unwrap();
    let rows = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (from, to) = (cells.next()?, cells.next()?);
        (from != "Caller" && !from.starts_with('-')).then(|| (from.to_owned(), to.to_owned()))
    });
    let calls: BTreeSet<_> = rows.collect();
    assert!(!calls.is_empty(), "docs/calls.md has no table");
    calls
}
