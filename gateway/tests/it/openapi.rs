//! The document says what the routes do.

use std::collections::BTreeSet;

use proto::google::api::{HttpRule, http_rule::Pattern};
use serde_json::Value;

/// Method and path of every HTTP rule of the contract.
fn rules() -> BTreeSet<(String, String)> {
    let http = proto::POOL.get_extension_by_name("google.api.http").unwrap();
    let methods = proto::POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let rules = methods.filter(|method| method.options().has_extension(&http)).flat_map(|method| {
        let rule: HttpRule =
            method.options().get_extension(&http).as_message().unwrap().transcode_to().unwrap();
        let all: Vec<_> = rule.additional_bindings.iter().cloned().chain([rule.clone()]).collect();
        all
    });
    rules
        .map(|rule| match rule.pattern.unwrap() {
            Pattern::Get(path) => ("get".into(), path),
            Pattern::Put(path) => ("put".into(), path),
            Pattern::Post(path) => ("post".into(), path),
            Pattern::Delete(path) => ("delete".into(), path),
            Pattern::Patch(path) => ("patch".into(), path),
        })
        .collect()
}

fn references<'a>(value: &'a Value, all: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            all.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|value| references(value, all));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, all)),
        _ => {}
    }
}

#[test]
fn every_route_is_described_once() {
    let document = gateway::openapi(&gateway::Contract::product().unwrap());
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            described.insert((method.clone(), path.clone()));
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path} has no comment");
            let in_path = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .count();
            assert_eq!(in_path, path.matches('{').count(), "{path}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                ["200", "400", "401", "403", "404", "409", "429", "500", "503", "504"]
                    .iter()
                    .all(|status| responses.contains_key(*status)),
                "{operation}"
            );
            let has_body = operation["requestBody"].is_object();
            assert_eq!((responses.contains_key("415"), responses.contains_key("405")), (has_body, false));
        }
    }
    assert_eq!(described, rules());
    assert!(described.len() > 20, "the contract has more than that");
}

#[test]
fn every_reference_resolves() {
    let document = gateway::openapi(&gateway::Contract::product().unwrap());
    let mut all = Vec::new();
    references(&document, &mut all);
    assert!(!all.is_empty());
    for reference in all {
        let target = document.pointer(reference.trim_start_matches('#'));
        assert!(target.is_some_and(Value::is_object), "{reference}");
    }
}

#[test]
fn every_reason_is_described_under_its_status() {
    let document = gateway::openapi(&gateway::Contract::product().unwrap());
    let described = |status: &str| {
        document["components"]["responses"][format!("Error{status}")]["description"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(described("404").contains("`ROOM_NOT_FOUND`") && described("413").contains("`BODY_TOO_LARGE`"));
    assert!(described("409").contains("`ROOM_FULL`"), "the contract gives it a status of its own");
    let all = document["components"]["responses"].to_string();
    for reason in proto::POOL.get_enum_by_name("syncwatch.common.v1.Reason").unwrap().values().skip(1) {
        let name = reason.name().trim_start_matches("REASON_");
        assert!(all.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_document_has_rules_comments_and_access() {
    let document = gateway::openapi(&gateway::Contract::product().unwrap());
    let create = &document["paths"]["/api/rooms"]["post"];
    assert_eq!(create["security"][0]["token"], serde_json::json!([]));
    let body = &create["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["properties"]["name"]["maxLength"], 80);
    assert!(body["properties"]["name"]["pattern"].as_str().unwrap().contains(r"\u202A"));
    assert_eq!(body["additionalProperties"], false);
    assert_eq!(
        (
            &body["properties"]["maxParticipants"]["minimum"],
            &body["properties"]["maxParticipants"]["maximum"]
        ),
        (&0.into(), &10000.into())
    );
    let get = &document["paths"]["/api/rooms/{room}"]["get"];
    assert_eq!(get["security"], serde_json::json!([]));
    assert_eq!(get["parameters"][0]["description"], "Id or code of the room.");
    let item = &document["paths"]["/api/rooms/{room}/playlist/{item_id}/move"]["post"];
    let fields: Vec<_> = item["requestBody"]["content"]["application/json"]["schema"]["properties"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(fields, ["afterItemId", "beforeItemId", "folderId"], "what the path says is not in the body");
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["syncwatch.realtime.v1.Pong"]["properties"]["clientSendUs"]["format"], "int64");
    assert_eq!(schemas["syncwatch.room.v1.Room"]["properties"]["createdAt"]["format"], "date-time");
    assert!(
        schemas["Error"]["properties"]["error"]["properties"]["details"].to_string().contains("ROOM_FULL")
    );
}
