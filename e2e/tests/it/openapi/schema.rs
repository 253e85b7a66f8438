//! Holds values against the schemas of the OpenAPI document: the part of JSON Schema that the document uses.

use serde_json::{Map, Value};

/// An OpenAPI document.
pub(super) struct Document(pub(super) Value);

impl Document {
    /// Follows a reference, if the schema or component is one.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let target = schema["$ref"].as_str().and_then(|name| self.0.pointer(name.trim_start_matches('#')));
        target.unwrap_or(schema)
    }

    /// Faults of a value, each with its JSON path.
    pub(super) fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(schema, value, "$", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let schema = self.resolve(schema);
        let mut fault = |what: String| faults.push(format!("{at} {what}: {}", shown(value)));
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.contains(value)
        {
            return fault("is none of the values of its enum".into());
        }
        match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(object)) => self.check_object(schema, object, at, faults),
            (Some("array"), Value::Array(items)) => {
                let count = items.len() as u64;
                if schema["minItems"].as_u64().is_some_and(|least| count < least)
                    || schema["maxItems"].as_u64().is_some_and(|most| count > most)
                {
                    fault(format!("has {count} items"));
                }
                for (index, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &format!("{at}[{index}]"), faults);
                }
            }
            (Some("string"), Value::String(text)) => {
                let length = text.chars().count() as u64;
                let is_whole = match schema["format"].as_str() {
                    Some("int64") => text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok(),
                    Some("date-time") => text.len() >= 20 && text.ends_with('Z') && text.contains('T'),
                    _ => true,
                };
                if !is_whole
                    || schema["minLength"].as_u64().is_some_and(|least| length < least)
                    || schema["maxLength"].as_u64().is_some_and(|most| length > most)
                {
                    fault("is no text of its format and length".into());
                }
            }
            (Some("integer"), Value::Number(number)) if number.is_i64() || number.is_u64() => {
                if is_outside(schema, value) {
                    fault("is out of its range".into());
                }
            }
            (Some("number"), Value::Number(_)) => {
                if is_outside(schema, value) {
                    fault("is out of its range".into());
                }
            }
            (Some("boolean"), Value::Bool(_)) | (None, _) => {}
            (Some(kind), _) => fault(format!("is no {kind}")),
        }
    }

    fn check_object(&self, schema: &Value, object: &Map<String, Value>, at: &str, faults: &mut Vec<String>) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                faults.push(format!("{at} has no {name}"));
            }
        }
        for (name, value) in object {
            let at = format!("{at}.{name}");
            match (&schema["properties"][name], &schema["additionalProperties"]) {
                (known @ Value::Object(_), _) | (_, known @ Value::Object(_)) => {
                    self.check(known, value, &at, faults);
                }
                // An object without a description of its fields may have any.
                _ if schema["properties"].is_null() => {}
                _ => faults.push(format!("{at} is not in the document: {}", shown(value))),
            }
        }
    }
}

fn is_outside(schema: &Value, value: &Value) -> bool {
    let number = value.as_f64().unwrap_or(f64::NAN);
    schema["minimum"].as_f64().is_some_and(|least| number < least)
        || schema["maximum"].as_f64().is_some_and(|most| number > most)
}

/// The beginning of a value, for messages.
fn shown(value: &Value) -> String {
    value.to_string().chars().take(120).collect()
}

#[test]
fn values_are_held_against_their_schemas() {
    let document = Document(serde_json::json!({"parts": {"Film": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 5},
            "kind": {"type": "string", "enum": ["A", "B"]},
            "lengthUs": {"type": "string", "format": "int64"},
            "tags": {"type": "array", "maxItems": 1, "items": {"type": "string"}},
            "stars": {"type": "integer", "maximum": 5},
            "names": {"type": "object", "additionalProperties": {"type": "string"}},
            "next": {"$ref": "#/parts/Film"},
        },
    }}}));
    let film = serde_json::json!({"$ref": "#/parts/Film"});
    for (text, faults) in [
        (r#"{"name": "x", "kind": "A", "lengthUs": "7", "tags": ["a"], "stars": 5, "names": {"a": "b"}}"#, 0),
        (r#"{"name": "x", "next": {"name": "y", "next": {"name": "z"}}}"#, 0),
        ("{}", 1),
        (r#"{"name": "longer"}"#, 1),
        (r#"{"name": "x", "kind": "C", "lengthUs": "7 h", "tags": ["a", "b"], "stars": 6}"#, 4),
        (r#"{"name": "x", "stars": 1.5, "names": {"a": 1}, "other": 1}"#, 3),
        (r#"{"name": "x", "next": {}}"#, 1),
        ("[]", 1),
    ] {
        let found = document.faults(&film, &serde_json::from_str(text).unwrap());
        assert_eq!(found.len(), faults, "{text}: {found:?}");
    }
}
