//! Makes requests from the OpenAPI document: one that looks valid, and others that break it at one place.

use std::{collections::HashMap, fmt::Write as _};

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::schema::Document;

/// Numbers that only a seed decides (`SplitMix64`).
pub(super) struct Rng(pub(super) u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or_default()
    }

    /// True once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// One operation of the document.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: Method,
    pub(super) path: String,
    /// As in the document.
    pub(super) described: Value,
}

/// One request, ready to be sent.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// As it is sent, JSON or not.
    pub(super) body: Option<String>,
}

impl Call {
    /// Path and query.
    pub(super) fn target(&self) -> String {
        let pairs = self.query.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }
}

/// Texts that are no valid value of almost any field.
const ODD_TEXTS: [&str; 8] = [
    "",
    " ",
    "\u{0}",
    "a\u{202e}b",
    "\u{200b}",
    "9999999999999999999999",
    "<img src=x onerror=alert(1)>",
    "%00' OR 1=1 --",
];

/// Values that have the wrong type for almost any field, or are beyond every bound.
fn odd_value(rng: &mut Rng) -> Value {
    match rng.below(8) {
        0 => Value::Null,
        1 => json!(-1),
        2 => json!(1e300),
        3 => json!(2_147_483_648_u64),
        4 => json!([[]]),
        5 => json!({"a": {"b": 1}}),
        6 => json!("x".repeat(20_000)),
        _ => json!(*rng.pick(&ODD_TEXTS)),
    }
}

/// Makes requests for one room.
pub(super) struct Maker<'a> {
    pub(super) document: &'a Document,
    pub(super) rng: Rng,
    /// Ids of existing things, by the names of the request fields that take them.
    pub(super) known: HashMap<&'static str, String>,
}

impl Maker<'_> {
    /// A request that looks valid.
    pub(super) fn valid(&mut self, operation: &Operation) -> Call {
        let mut call = Call { path: operation.path.clone(), query: Vec::new(), body: None };
        for parameter in operation.described["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = text_of(&self.value(&parameter["schema"], name, 0));
            if parameter["in"] == "path" {
                call.path = call.path.replace(&format!("{{{name}}}"), &percent(&value));
            } else if parameter["required"] == true || self.rng.once_in(3) {
                call.query.push((name.to_owned(), value));
            }
        }
        let body = &operation.described["requestBody"]["content"]["application/json"]["schema"];
        if body.is_object() {
            call.body = Some(self.value(body, "", 0).to_string());
        }
        call
    }

    /// A request that differs from a valid one at one place.
    pub(super) fn broken(&mut self, operation: &Operation) -> Call {
        let mut call = self.valid(operation);
        let in_path = operation.path.matches('{').count();
        match self.rng.below(4) {
            0 if in_path > 0 => call.path = self.break_path(&operation.path),
            1 => call.query.push(("surprise".into(), "1".into())),
            2 if !call.query.is_empty() => {
                let index = self.rng.below(call.query.len());
                let odd = odd_value(&mut self.rng);
                call.query[index].1 = text_of(&odd).chars().take(4_000).collect();
            }
            _ => match call.body.take() {
                Some(body) => call.body = Some(self.break_body(&body)),
                None if in_path > 0 => call.path = self.break_path(&operation.path),
                None => call.query.push(("pageToken".into(), "\u{0}".into())),
            },
        }
        call
    }

    fn break_path(&mut self, path: &str) -> String {
        let odd = [
            "%00".to_owned(),
            "%FF".to_owned(),
            "%20".to_owned(),
            "a%2Fb".to_owned(),
            "%F0%9F%8E%AC".to_owned(),
            "x".repeat(300),
            "room_00000000000000000000000000".to_owned(),
        ];
        let parts = path
            .split('/')
            .map(|part| if part.starts_with('{') { self.rng.pick(&odd).clone() } else { part.to_owned() });
        parts.collect::<Vec<_>>().join("/")
    }

    fn break_body(&mut self, body: &str) -> String {
        match self.rng.below(8) {
            0 => return body[..body.len() - 1].to_owned(),
            1 => return (*self.rng.pick(&["[]", "null", "7", "{\"a\":}", "\u{feff}{}"])).to_owned(),
            _ => {}
        }
        let mut value: Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            let names: Vec<_> = object.keys().cloned().collect();
            if names.is_empty() || self.rng.once_in(4) {
                object.insert("surprise".into(), json!(1));
            } else {
                let name = self.rng.pick(&names);
                if self.rng.once_in(4) {
                    object.remove(name);
                } else {
                    object.insert(name.clone(), odd_value(&mut self.rng));
                }
            }
        }
        value.to_string()
    }

    /// A value of a schema. `name` is the field that takes it.
    fn value(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        let document = self.document;
        let schema = document.resolve(schema);
        if let Some(names) = schema["enum"].as_array() {
            return self.rng.pick(names).clone();
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let least = schema["minItems"].as_u64().unwrap_or_default();
                let count = if depth > 2 { least } else { least.max(self.rng.next() % 3) };
                (0..count).map(|_| self.value(&schema["items"], name, depth + 1)).collect()
            }
            Some("integer") => {
                let least = schema["minimum"].as_i64().unwrap_or(0);
                let most = schema["maximum"].as_i64().unwrap_or(100).min(least.saturating_add(1_000));
                let span = usize::try_from(most - least).unwrap_or_default() + 1;
                json!(least + i64::try_from(self.rng.below(span)).unwrap_or_default())
            }
            Some("number") => json!(schema["minimum"].as_f64().unwrap_or(0.0).max(0.5)),
            Some("boolean") => json!(self.rng.once_in(2)),
            _ => json!(self.text(schema, name)),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
        let mut object = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.iter().any(|required| *required == name);
            if is_required || (depth < 3 && self.rng.once_in(3)) {
                object.insert(name.clone(), self.value(field, name, depth + 1));
            }
        }
        Value::Object(object)
    }

    fn text(&mut self, schema: &Value, name: &str) -> String {
        let known = self.known.get(name).cloned();
        if let Some(known) = known.filter(|_| !self.rng.once_in(5)) {
            return known;
        }
        if let Some(example) = schema["examples"][0].as_str() {
            return example.to_owned();
        }
        match schema["format"].as_str() {
            Some("int64") => return (self.rng.next() % 100_000).to_string(),
            Some("date-time") => return "2031-05-01T20:00:00Z".to_owned(),
            Some("byte") => return "AAECAwQFBgc".to_owned(),
            _ => {}
        }
        let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap_or(1).max(1);
        let most = usize::try_from(schema["maxLength"].as_u64().unwrap_or(20)).unwrap_or(20);
        let length = (least + self.rng.below(12)).min(most.max(least));
        (0..length).map(|_| char::from(*self.rng.pick(b"abcdefghjkmnpqrstuvwxyz23456789"))).collect()
    }
}

/// A value in a path or a query.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.first().map(text_of).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
        encoded
    })
}
