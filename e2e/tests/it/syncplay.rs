//! Document 003: its endpoints under `/api/v1/syncplay`, its WebSocket, and the table of its settings (case P8).

use std::{collections::BTreeMap, fs, path::Path};

use e2e::{Guest, Shape, System};
use reqwest::Method;
use serde_json::{Value, json};

const BASE: &str = "/api/v1/syncplay";

#[tokio::test]
async fn every_endpoint_of_document_003_answers() -> anyhow::Result<()> {
    let system = System::start(Shape::One)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let ben = Guest::arrive(system.url(), "Ben").await?;
    let public = json!({"name": "Film night", "visibility": "VISIBILITY_PUBLIC"});
    let made = mia.ok(Method::POST, &format!("{BASE}/rooms"), public).await?;
    let code = made["room"]["code"].as_str().unwrap().to_owned();
    let room = format!("{BASE}/rooms/{code}");

    let listed = ben.ok(Method::GET, &format!("{BASE}/rooms?query=film"), Value::Null).await?;
    assert_eq!((&listed["totalSize"], &listed["rooms"][0]["room"]["code"]), (&json!(1), &json!(code)));
    assert_eq!(listed["rooms"][0]["access"], "ACCESS_STATE_JOIN");
    ben.ok(Method::POST, &format!("{room}/join"), json!({})).await?;
    let people = ben.ok(Method::GET, &format!("{room}/participants"), Value::Null).await?;
    assert_eq!(people["members"].as_array().unwrap().len(), 2);
    let message = json!({"text": "hello", "clientMessageId": "1"});
    ben.ok(Method::POST, &format!("{room}/chat"), message).await?;
    let chat = ben.ok(Method::GET, &format!("{room}/chat"), Value::Null).await?;
    assert!(e2e::messages_of_people(&chat).any(|message| message["text"] == "hello"), "{chat}");

    let renamed = mia.ok(Method::PUT, &room, json!({"name": "Late show", "maxParticipants": 7})).await?;
    assert_eq!(
        (&renamed["room"]["name"], &renamed["room"]["maxParticipants"]),
        (&json!("Late show"), &json!(7))
    );
    let got = ben.ok(Method::GET, &room, Value::Null).await?;
    assert_eq!((&got["room"]["name"], &got["access"]), (&json!("Late show"), &json!("ACCESS_STATE_ENTER")));
    assert_eq!(ben.refused(Method::PUT, &room, json!({"name": "Mine"})).await?.1, "PERMISSION_MISSING");
    let log = mia.ok(Method::GET, &format!("{room}/events?kinds=room_updated"), Value::Null).await?;
    assert_eq!(log["entries"][0]["actorName"], "Mia");

    // The WebSocket, and who is there.
    let ticket = ben.ticket(&code).await?;
    let address = format!("{}{BASE}/ws?room={code}&ticket={ticket}", system.url().replacen("http", "ws", 1));
    let (_socket, response) = tokio_tungstenite::connect_async(address).await?;
    assert_eq!(response.status(), 101);
    let _watching = mia.enter(&code).await?;
    let shown = async {
        loop {
            let got = ben.ok(Method::GET, &room, Value::Null).await?;
            if got["live"]["presentCount"] == 1 {
                return anyhow::Ok(got);
            }
        }
    };
    let got = tokio::time::timeout(std::time::Duration::from_secs(30), shown).await??;
    assert_eq!(
        (&got["live"]["names"], &got["room"]["state"]),
        (&json!(["Mia"]), &json!("ROOM_STATE_WAITING"))
    );

    // Participants, all or only those connected.
    let connected =
        ben.ok(Method::GET, &format!("{room}/participants?presentOnly=true"), Value::Null).await?;
    let names = |list: &Value| -> Vec<String> {
        let members = list["members"].as_array().unwrap().iter();
        members.map(|member| member["displayName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&connected), ["Mia"]);
    let all = ben.ok(Method::GET, &format!("{room}/participants"), Value::Null).await?;
    assert_eq!(names(&all), ["Mia", "Ben"]);

    // Invitations: made, listed, looked at, used, revoked.
    let made = mia.ok(Method::POST, &format!("{room}/invitations"), json!({"maxUses": 2})).await?;
    let invitation = made["invite"]["code"].as_str().unwrap().to_owned();
    let details = ben.ok(Method::GET, &format!("{BASE}/invitations/{invitation}"), Value::Null).await?;
    assert_eq!((&details["roomName"], &details["invitedBy"]), (&json!("Late show"), &json!("Mia")));
    let eve = mia.another("Eve").await?;
    eve.ok(Method::POST, &format!("{room}/join"), json!({"invite": invitation})).await?;
    let listed = mia.ok(Method::GET, &format!("{room}/invitations"), Value::Null).await?;
    assert_eq!(
        (&listed["invites"][0]["code"], &listed["invites"][0]["uses"]),
        (&json!(invitation), &json!(1))
    );
    mia.ok(Method::DELETE, &format!("{room}/invitations/{invitation}"), Value::Null).await?;
    let gone = ben.refused(Method::GET, &format!("{BASE}/invitations/{invitation}"), Value::Null).await?;
    assert_eq!(gone, (404, "INVITE_NOT_FOUND".to_owned()));

    // A room with its first item in one call; a link that cannot be played makes no room.
    let with_item = format!("{BASE}/rooms/with-item");
    let made =
        mia.ok(Method::POST, &with_item, json!({"room": {"name": "Premiere"}, "testFilm": true})).await?;
    let premiere = made["room"]["code"].as_str().unwrap();
    let playlist = mia.ok(Method::GET, &format!("/api/rooms/{premiere}/playlist"), Value::Null).await?;
    assert_eq!(playlist["items"][0]["id"], made["item"]["id"]);
    let again = json!({"room": {"name": "Twice", "requestId": "once"}, "testFilm": true});
    let first = mia.ok(Method::POST, &with_item, again.clone()).await?;
    let second = mia.ok(Method::POST, &with_item, again).await?;
    assert_eq!((&first["room"]["id"], &first["item"]["id"]), (&second["room"]["id"], &second["item"]["id"]));
    let nowhere = json!({"room": {"name": "Never"}, "url": "ftp://example.org/film.mp4"});
    assert_eq!(mia.refused(Method::POST, &with_item, nowhere).await?.1, "SOURCE_SCHEME_UNSUPPORTED");
    let owned = mia.ok(Method::GET, "/api/me/rooms?which=MY_ROOMS_OWNED", Value::Null).await?;
    assert_eq!(owned["totalSize"], 3);

    ben.ok(Method::POST, &format!("{room}/leave"), json!({})).await?;
    mia.ok(Method::DELETE, &room, Value::Null).await?;
    assert_eq!(ben.refused(Method::GET, &room, Value::Null).await?, (404, "ROOM_NOT_FOUND".to_owned()));
    Ok(())
}

#[test]
fn the_table_of_settings_names_what_exists_with_its_default() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let defaults = fs::read_to_string(root.join("config.default.toml")).unwrap();
    let (mut section, mut known) = (String::new(), BTreeMap::new());
    for line in defaults.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once(" = ") {
            known.insert(format!("{section}.{key}"), value.to_owned());
        }
    }
    let page = fs::read_to_string(root.join("docs/syncplay.md")).unwrap();
    let settings = page.split_once("## Settings").unwrap().1;
    let rows: Vec<Vec<&str>> = settings
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    for row in &rows {
        let [there, _, here, default, why] = row[..] else { panic!("{row:?}") };
        if let Some(key) = here.strip_prefix('`').and_then(|key| key.strip_suffix('`')) {
            assert_eq!(known.get(key).map(String::as_str), Some(default), "{there}");
        } else {
            assert!(here == "none" && !why.is_empty(), "{there} has no setting and no reason");
        }
    }
    assert!(rows.len() >= 18, "the document has more settings than {}", rows.len());
}
