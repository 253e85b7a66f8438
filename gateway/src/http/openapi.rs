//! OpenAPI 3.1 of everything that can be called over HTTP, from the same descriptors as the routes: what is not in the
//! contract is not in the document, and the other way round.

mod comments;
mod schema;

use std::{collections::BTreeMap, sync::LazyLock};

use prost_reflect::{FieldDescriptor, MethodDescriptor};
use proto::common::v1::{Access, Reason};
use serde_json::{Map, Value, json};

use self::{
    comments::comment,
    schema::{Schemas, field_schema, is_required, reference},
};
use super::routes::{Endpoint, endpoints};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    // The routes come from the same list, and without it there is no gateway.
    let endpoints = endpoints().unwrap_or_default();
    build(&endpoints)
});

/// The OpenAPI document of the gateway.
pub fn openapi() -> Value {
    DOCUMENT.clone()
}

pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

fn build(endpoints: &[Endpoint]) -> Value {
    let mut schemas = Schemas::default();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for endpoint in endpoints {
        let name = format!("{}_{}", endpoint.rpc.parent_service().name(), endpoint.rpc.name());
        let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
        let id = if *count == 1 { name } else { format!("{name}_{count}") };
        let operation = operation(endpoint, &id, &mut schemas);
        paths
            .entry(&endpoint.path)
            .or_default()
            .insert(endpoint.method.as_str().to_ascii_lowercase(), operation);
    }
    // The frames of the WebSocket are not reached from any path, and clients want their types all the same.
    for frame in ["syncwatch.realtime.v1.ClientFrame", "syncwatch.realtime.v1.ServerFrame"] {
        if let Some(frame) = proto::POOL.get_message_by_name(frame) {
            schemas.add(&frame);
        }
    }
    let mut components = schemas.finish();
    components.insert("Error".to_owned(), error_schema());
    let tags: Vec<_> = proto::POOL
        .services()
        .filter(|service| endpoints.iter().any(|endpoint| *endpoint.rpc.parent_service() == *service))
        .map(|service| json!({"name": service.name(), "description": comment(&service.parent_file(), service.path())}))
        .collect();
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
            "responses": {"Error": {
                "description": "What went wrong. `details` has a `google.rpc.ErrorInfo` whose `reason` is for programs.",
                "headers": {
                    "Retry-After": {"description": "After how many seconds to try again.", "schema": {"type": "integer"}},
                    "X-Request-Id": {"description": "Names the call in our logs.", "schema": {"type": "string"}},
                },
                "content": {"application/json": {"schema": reference("Error")}},
            }},
        },
    })
}

fn operation(endpoint: &Endpoint, id: &str, schemas: &mut Schemas) -> Value {
    let rpc = &endpoint.rpc;
    let text = comment(&rpc.parent_service().parent_file(), rpc.path());
    let (summary, _) = text.split_once(". ").unwrap_or((text.trim_end_matches('.'), ""));
    let access = access(rpc);
    let mut operation = json!({
        "operationId": id,
        "tags": [rpc.parent_service().name()],
        "summary": summary,
        "description": format!("{text}\n\n{}", access_text(access)),
        "parameters": parameters(endpoint, schemas),
        "responses": {
            "200": {
                "description": "It was done.",
                "content": {"application/json": {"schema": schemas.add(&rpc.output())}},
            },
            "default": {"$ref": "#/components/responses/Error"},
        },
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
            "description": comment(&field.parent_message().parent_file(), field.path()),
            "schema": field_schema(field, schemas),
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

/// The request without what the path says.
fn body_schema(endpoint: &Endpoint, schemas: &mut Schemas) -> Value {
    let input = endpoint.rpc.input();
    let left: Vec<_> = input.fields().filter(|field| !endpoint.parameters.contains(field)).collect();
    schemas.object(&input, &left, true)
}

fn access(rpc: &MethodDescriptor) -> Access {
    let extension = proto::POOL.get_extension_by_name("syncwatch.common.v1.access");
    let number = extension.and_then(|extension| rpc.options().get_extension(&extension).as_enum_number());
    number.and_then(|number| Access::try_from(number).ok()).unwrap_or_default()
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
    let reasons: Vec<_> = (1..1000)
        .filter_map(|number| Reason::try_from(number).ok())
        .map(|reason| reason.as_str_name().trim_start_matches("REASON_"))
        .collect();
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
