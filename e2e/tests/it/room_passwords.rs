//! A plain password of a new room, from a simple client to the record: it is in no log and in no answer.

use std::{
    fs,
    process::{Command, Stdio},
};

use e2e::{Guest, await_ready, interrupt, program};
use reqwest::Method;
use serde_json::{Value, json};

const SECRET: &str = "a-secret-that-nobody-may-read";

// Row 4.1.1-4. At level `trace` every library writes what it does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_made_with_its_first_item_and_a_password_that_no_log_has() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let log = dir.path().join("log");
    let mut command = Command::new(program("syncwatch")?);
    command
        .args(["up", "--listen", "127.0.0.1:0", "--log-level", "trace", "--data-dir"])
        .arg(dir.path().join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&log)?);
    let (mut process, url) = await_ready(&mut command)?;
    let (ada, bob) = (Guest::arrive(&url, "Ada").await?, Guest::arrive(&url, "Bob").await?);
    let request = json!({"testFilm": true, "room": {"password": SECRET, "requestId": "once"}});
    let made = ada.ok(Method::POST, "/api/rooms/with-item", request.clone()).await?;
    assert_eq!(made["room"]["join"]["passwordSet"], true, "{made}");
    let again = ada.ok(Method::POST, "/api/rooms/with-item", request).await?;
    assert_eq!((&again["room"]["id"], &again["item"]["id"]), (&made["room"]["id"], &made["item"]["id"]));
    let path = format!("/api/rooms/{}/join", made["room"]["code"].as_str().unwrap_or_default());
    let missing = bob.ok(Method::POST, &path, Value::Null).await?;
    assert_eq!(missing["state"], "ACCESS_STATE_PASSWORD", "{missing}");
    let joined = bob.ok(Method::POST, &path, json!({"password": SECRET})).await?;
    assert_eq!(joined["state"], "ACCESS_STATE_ENTER", "{joined}");
    for answer in [made, again, missing, joined] {
        assert!(!answer.to_string().contains(SECRET), "{answer}");
    }
    interrupt(&process)?;
    assert!(process.wait()?.success());
    let log = fs::read_to_string(&log)?;
    assert!(log.contains("/api/rooms/with-item"), "the log tells of the call");
    assert!(!log.contains(SECRET), "{}", log.lines().find(|line| line.contains(SECRET)).unwrap_or_default());
    Ok(())
}
