//! OpenAPI 3.1 of everything that can be called over HTTP, from the same descriptors as the routes.

mod comments;
mod schema;

use std::collections::BTreeMap;

use prost_reflect::FieldDescriptor;
use proto::common::v1::{Access, Reason};
use serde_json::{Map, Value, json};

use self::schema::{Schemas, is_required, reference};
use crate::contract::{Contract, Endpoint, Resource, access_of};

/// The OpenAPI document of a contract.
pub fn openapi(contract: &Contract) -> Value {
    let endpoints = contract.endpoints();
    let mut schemas = Schemas::new(contract.pool());
    let errors = errors();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for endpoint in endpoints {
        let name = format!("{}_{}", endpoint.rpc.parent_service().name(), endpoint.rpc.name());
        let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
        let id = if *count == 1 { name } else { format!("{name}_{count}") };
        let operation = operation(endpoint, &id, &errors, &mut schemas);
        paths
            .entry(&endpoint.path)
            .or_default()
            .insert(endpoint.method.as_str().to_ascii_lowercase(), operation);
    }
    // No path leads to the frames of the WebSocket and what they embed, and clients need their types all the same.
    let frames = ["syncwatch.realtime.v1.ClientFrame", "syncwatch.realtime.v1.ServerFrame"];
    let embedded = contract.resources().values().flat_map(Resource::type_names);
    for name in frames.into_iter().chain(embedded) {
        if let Some(message) = contract.pool().get_message_by_name(name) {
            schemas.add(&message);
        }
    }
    let tags: Vec<_> = contract
        .pool()
        .services()
        .filter(|service| endpoints.iter().any(|endpoint| *endpoint.rpc.parent_service() == *service))
        .map(|service| {
            let text = schemas.comment(&service.parent_file(), service.path());
            json!({"name": service.name(), "description": text})
        })
        .collect();
    let mut components = schemas.finish();
    components.insert("Error".to_owned(), error_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "SyncWatch",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
            "description": "Rooms in which people watch together. Playback, presence and chat arrive over the \
                WebSocket `/ws/rooms/{room}`, whose frames are `syncwatch.realtime.v1.ClientFrame` and \
                `syncwatch.realtime.v1.ServerFrame` below.",
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "responses": errors.iter().map(|(status, reasons)| (error_name(*status), error_response(reasons))).collect::<Map<_, _>>(),
        },
    })
}

/// The reasons of the contract, by the HTTP status that they have.
type Errors = BTreeMap<u16, Vec<&'static str>>;

fn errors() -> Errors {
    let mut errors = Errors::new();
    for reason in reasons() {
        errors.entry(rpc::http_status_of(reason)).or_default().push(reason_name(reason));
    }
    errors
}

fn reasons() -> impl Iterator<Item = Reason> {
    (1..1000).filter_map(|number| Reason::try_from(number).ok())
}

fn reason_name(reason: Reason) -> &'static str {
    reason.as_str_name().trim_start_matches("REASON_")
}

/// The name of the component that describes the errors of a status.
fn error_name(status: u16) -> String {
    format!("Error{status}")
}

fn error_response(reasons: &[&str]) -> Value {
    let reasons: Vec<_> = reasons.iter().map(|reason| format!("`{reason}`")).collect();
    json!({
        "description": format!("What went wrong, for one of these reasons: {}.", reasons.join(", ")),
        "headers": {
            "Retry-After": {"description": "After how many seconds to try again.", "schema": {"type": "integer"}},
            "X-Request-Id": {"description": "Names the call in our logs.", "schema": {"type": "string"}},
        },
        "content": {"application/json": {"schema": reference("Error")}},
    })
}

/// Whether a call to an operation may fail with a status. Another method than that of the operation gets a 405, and only a
/// body can be too large or no JSON.
fn may_fail_with(status: u16, endpoint: &Endpoint) -> bool {
    match status {
        405 => false,
        413 | 415 => endpoint.has_body,
        _ => true,
    }
}

fn operation(endpoint: &Endpoint, id: &str, errors: &Errors, schemas: &mut Schemas) -> Value {
    let rpc = &endpoint.rpc;
    let text = schemas.comment(&rpc.parent_service().parent_file(), rpc.path()).to_owned();
    let (summary, _) = text.split_once(". ").unwrap_or((text.trim_end_matches('.'), ""));
    let access = access_of(rpc);
    let response = json!({
        "description": "The response.",
        "content": {"application/json": {"schema": schemas.add(&rpc.output())}},
    });
    let failures = errors.keys().filter(|status| may_fail_with(**status, endpoint)).map(|status| {
        (status.to_string(), json!({"$ref": format!("#/components/responses/{}", error_name(*status))}))
    });
    let responses: Map<_, _> = std::iter::once(("200".to_owned(), response)).chain(failures).collect();
    let mut operation = json!({
        "operationId": id,
        "tags": [rpc.parent_service().name()],
        "summary": summary,
        "description": format!("{text}\n\n{}", access_text(access)),
        "parameters": parameters(endpoint, schemas),
        "responses": responses,
        "security": if access == Access::Public { json!([]) } else { json!([{"token": []}]) },
    });
    if endpoint.has_body {
        let schema = body_schema(endpoint, schemas);
        operation["requestBody"] = json!({"required": schema.get("required").is_some(), "content": {"application/json": {"schema": schema}}});
    }
    operation
}

fn parameters(endpoint: &Endpoint, schemas: &mut Schemas) -> Vec<Value> {
    let mut parameter = |field: &FieldDescriptor, place: &str, name: &str| {
        json!({
            "name": name,
            "in": place,
            "required": place == "path" || is_required(field),
            "description": schemas.comment(&field.parent_message().parent_file(), field.path()),
            "schema": schemas.field(field),
        })
    };
    let mut all: Vec<_> =
        endpoint.parameters.iter().map(|field| parameter(field, "path", field.name())).collect();
    if !endpoint.has_body {
        let input = endpoint.rpc.input();
        let in_query = input.fields().filter(|field| !endpoint.parameters.contains(field) && !field.is_map());
        all.extend(in_query.map(|field| parameter(&field, "query", field.json_name())));
    }
    all
}

/// The request without the fields of the path.
fn body_schema(endpoint: &Endpoint, schemas: &mut Schemas) -> Value {
    let input = endpoint.rpc.input();
    let left: Vec<_> = input.fields().filter(|field| !endpoint.parameters.contains(field)).collect();
    schemas.object(&input, &left, true)
}

fn access_text(access: Access) -> &'static str {
    match access {
        Access::Public => "For everyone.",
        Access::Guest => "For everyone with a token, guests included.",
        Access::User => "For people with an account.",
        Access::Admin => "For administrators.",
        Access::Internal | Access::Unspecified => "For services of this installation.",
    }
}

fn error_schema() -> Value {
    let reasons: Vec<_> = reasons().map(reason_name).collect();
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {"error": {
            "type": "object",
            "required": ["status", "code", "message", "details", "requestId"],
            "properties": {
                "status": {"type": "string", "description": "As in `google.rpc.Code`.", "examples": ["NOT_FOUND"]},
                "code": {"type": "integer", "description": "The HTTP status."},
                "message": {"type": "string", "description": "For people."},
                "requestId": {"type": "string", "description": "Names the call in our logs."},
                "details": {"type": "array", "items": {
                    "type": "object",
                    "required": ["@type"],
                    "description": "`google.rpc.ErrorInfo`, `google.rpc.BadRequest` or `google.rpc.RetryInfo`.",
                    "properties": {
                        "@type": {"type": "string"},
                        "reason": {"type": "string", "enum": reasons},
                        "domain": {"type": "string"},
                        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
                        "fieldViolations": {"type": "array", "items": {
                            "type": "object",
                            "properties": {"field": {"type": "string"}, "description": {"type": "string"}},
                        }},
                        "retryDelay": {"type": "string", "examples": ["1.5s"]},
                    },
                }},
            },
        }},
    })
}
