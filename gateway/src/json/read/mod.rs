//! JSON text to protobuf bytes.

mod object;
mod value;

use std::fmt::Write as _;

use prost::encoding::{DecodeContext, decode_key, encode_varint, skip_field};
use serde::de::{DeserializeSeed as _, Deserializer as _, IntoDeserializer as _, value::Error as TextError};

use self::{object::MessageBody, value::FieldValue};
use super::table::{Field, Kind, Message, MessageType, Tables};

/// Why a text is no message.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The text is not a JSON object.
    NoObject(String),
    /// One field is wrong: its path, and what is wrong with it.
    Field(String, String),
    /// A field that the path fixed has another value in the body.
    Contradiction(String),
}

/// Reads one message. Its fields can come from several places: a JSON object, and single fields as text.
pub(crate) struct Reader<'t> {
    tables: &'t Tables,
    message: &'t Message,
    wire: Vec<u8>,
    /// Which fields of the messages around this place were given: one stack for all.
    given: Vec<bool>,
    /// Fields of the message itself that may be given only as they are.
    fixed: Vec<(&'t Field, String)>,
    contradiction: Option<String>,
    /// The current place, for errors.
    path: Vec<Step<'t>>,
}

enum Step<'t> {
    Field(&'t Field),
    Index(usize),
    /// A key of a map, or a name that is no field.
    Name(String),
}

impl<'t> Reader<'t> {
    pub(crate) fn new(message: &'t MessageType) -> Self {
        let given = vec![false; message.fields().len()];
        Self {
            tables: message.tables(),
            message: message.table(),
            wire: Vec::with_capacity(128),
            given,
            fixed: Vec::new(),
            contradiction: None,
            path: Vec::new(),
        }
    }

    /// The fields of the message.
    pub(crate) fn fields(&self) -> &'t [Field] {
        &self.message.fields
    }

    /// Reads a JSON object.
    pub(crate) fn json(&mut self, text: &[u8]) -> Result<(), ReadError> {
        let mut json = serde_json::Deserializer::from_slice(text);
        let read = MessageBody { message: self.message, base: 0, reader: self };
        let read = json.deserialize_map(read).and_then(|()| json.end());
        read.map_err(|error| {
            if let Some(name) = self.contradiction.take() {
                return ReadError::Contradiction(name);
            }
            let place = format!(" at line {} column {}", error.line(), error.column());
            let what = error.to_string();
            if error.is_data() && !self.path.is_empty() {
                let what = what.strip_suffix(&place).unwrap_or(&what).to_owned();
                ReadError::Field(self.path_text(), what)
            } else {
                ReadError::NoObject(what)
            }
        })
    }

    /// Adds a field as it stands in a path or a query. Integers are read from text in JSON too, so only booleans and
    /// the numbers of enums need a shape of their own.
    pub(crate) fn text(&mut self, field: &'t Field, text: &str) -> Result<(), ReadError> {
        self.path.push(Step::Field(field));
        let seed = FieldValue { field, is_element: true, reader: self };
        let read: Result<(), TextError> = match field.kind {
            Kind::Bool if let Ok(flag) = text.parse::<bool>() => seed.deserialize(flag.into_deserializer()),
            Kind::Enum(_) if let Ok(number) = text.parse::<i32>() => {
                seed.deserialize(number.into_deserializer())
            }
            _ => seed.deserialize(text.into_deserializer()),
        };
        read.map_err(|error| ReadError::Field(self.path_text(), error.to_string()))?;
        self.path.pop();
        if let Some(place) = self.message.place(field.number) {
            self.given[place] = true;
        }
        Ok(())
    }

    /// Adds a field as it stands in a path. The JSON object may repeat it, but not with another value.
    pub(crate) fn fix(&mut self, field: &'t Field, text: &str) -> Result<(), ReadError> {
        self.text(field, text)?;
        self.fixed.push((field, text.to_owned()));
        Ok(())
    }

    /// Whether a field was given.
    pub(crate) fn was_given(&self, field: &Field) -> bool {
        self.message.place(field.number).is_some_and(|place| self.given[place])
    }

    /// Whether a field was given and differs from the default.
    pub(crate) fn has_value(&self, field: &Field) -> bool {
        let mut wire = self.wire.as_slice();
        while let Ok((number, wire_type)) = decode_key(&mut wire) {
            if number == field.number {
                return true;
            }
            if skip_field(wire_type, number, &mut wire, DecodeContext::default()).is_err() {
                break;
            }
        }
        false
    }

    /// The encoded message.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.wire
    }

    fn path_text(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            let name = match step {
                Step::Field(field) => &field.json_name,
                Step::Name(name) => name,
                Step::Index(index) => {
                    let _ = write!(text, "[{index}]");
                    continue;
                }
            };
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(name);
        }
        text
    }

    /// Writes what `inner` writes with its length before it.
    fn delimited<T, E>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let start = self.wire.len();
        // Most lengths take one byte.
        self.wire.push(0);
        let value = inner(self)?;
        let length = self.wire.len() - start - 1;
        if let Ok(length @ ..128) = u8::try_from(length) {
            self.wire[start] = length;
        } else {
            let mut prefix = Vec::new();
            encode_varint(length as u64, &mut prefix);
            self.wire.splice(start..=start, prefix);
        }
        Ok(value)
    }
}
