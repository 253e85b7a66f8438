//! JSON, query and path to a protobuf request, and a protobuf reply to JSON (ProtoJSON,
//! <https://protobuf.dev/programming-guides/json/>): lowerCamelCase names, 64-bit integers as strings, defaults left
//! out. What is unknown is refused by name.

use bytes::Bytes;
use prost_reflect::{DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use rpc::{Error, Reason};
use serde_json::{Map, Value};

use super::routes::Endpoint;

/// The request that a call over HTTP means.
pub(crate) fn request(
    endpoint: &Endpoint,
    path: &[(String, String)],
    query: Option<&str>,
    body: &Bytes,
) -> Result<DynamicMessage, Error> {
    let input = endpoint.rpc.input();
    let mut fields = if endpoint.has_body {
        let query = query.unwrap_or_default();
        if let Some((name, _)) = url::form_urlencoded::parse(query.as_bytes()).next() {
            return Err(unknown_query(&name));
        }
        object(body)?
    } else if body.is_empty() {
        from_query(&input, &endpoint.parameters, query.unwrap_or_default())?
    } else {
        return Err(Error::new(
            Reason::MalformedBody,
            "this call takes no body; give its fields in the query",
        ));
    };
    for field in &endpoint.parameters {
        let Some((_, value)) = path.iter().find(|(name, _)| name == field.name()) else { continue };
        for name in [field.name(), field.json_name()] {
            if fields.remove(name).is_some_and(|given| given != Value::String(value.clone())) {
                return Err(Error::new(
                    Reason::InvalidField,
                    format!("{name} in the body is not the one in the path; leave it out"),
                ));
            }
        }
        fields.insert(field.json_name().to_owned(), plain(field, value));
    }
    parse(&input, &Value::Object(fields))
}

/// The reply as JSON.
pub(crate) fn reply(message: &DynamicMessage) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(message).map_err(Error::internal)
}

fn object(body: &Bytes) -> Result<Map<String, Value>, Error> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body)
        .map_err(|error| Error::new(Reason::MalformedBody, format!("the body is not a JSON object: {error}")))
}

fn from_query(
    input: &MessageDescriptor,
    in_path: &[FieldDescriptor],
    query: &str,
) -> Result<Map<String, Value>, Error> {
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let field = input.get_field_by_json_name(&name).or_else(|| input.get_field_by_name(&name));
        let field = field
            .filter(|field| !field.is_map() && !in_path.contains(field))
            .ok_or_else(|| unknown_query(&name))?;
        let value = plain(&field, &value);
        if field.is_list() {
            let entries = fields.entry(field.json_name()).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(entries) = entries {
                entries.push(value);
            }
        } else if fields.insert(field.json_name().to_owned(), value).is_some() {
            return Err(Error::new(Reason::InvalidField, format!("the query has {name} twice")));
        }
    }
    Ok(fields)
}

fn unknown_query(name: &str) -> Error {
    let name: String = name.chars().take(64).collect();
    Error::new(Reason::InvalidField, format!("the query has {name:?}, which this call does not take"))
}

/// A value as it stands in a path or a query. ProtoJSON reads numbers from strings too, so only booleans and the
/// numbers of enums need a shape of their own.
fn plain(field: &FieldDescriptor, text: &str) -> Value {
    match field.kind() {
        Kind::Bool => text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Bool),
        Kind::Enum(_) => text.parse::<i32>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
        _ => Value::String(text.to_owned()),
    }
}

fn parse(input: &MessageDescriptor, value: &Value) -> Result<DynamicMessage, Error> {
    read(input, value.clone()).map_err(|error| {
        let (field, what) = blame(input, value).unwrap_or((String::new(), error.to_string()));
        let what = if field.is_empty() { what } else { format!("{field}: {what}") };
        Error::new(Reason::MalformedBody, what).with("field", field)
    })
}

pub(crate) fn read(input: &MessageDescriptor, value: Value) -> Result<DynamicMessage, serde_json::Error> {
    DynamicMessage::deserialize_with_options(
        input.clone(),
        value,
        &DeserializeOptions::new().deny_unknown_fields(true),
    )
}

/// The path of the field that cannot be read, and why. The library's error names the problem but not the place, so
/// each field is tried alone.
pub(crate) fn blame(input: &MessageDescriptor, value: &Value) -> Option<(String, String)> {
    for (name, value) in value.as_object()? {
        let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
        let Err(error) = read(input, alone) else { continue };
        let Some(field) = input.get_field_by_json_name(name).or_else(|| input.get_field_by_name(name)) else {
            return Some((name.chars().take(64).collect(), "is no field of this call".to_owned()));
        };
        if let Kind::Message(inner) = field.kind()
            && !field.is_list()
            && let Some((place, what)) = blame(&inner, value)
        {
            return Some((format!("{name}.{place}"), what));
        }
        return Some((name.clone(), error.to_string()));
    }
    None
}
