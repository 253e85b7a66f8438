//! JSON text to protobuf bytes.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    ops::RangeInclusive,
};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use prost::{
    Message as _,
    encoding::{DecodeContext, WireType, decode_key, encode_key, encode_varint, skip_field},
};
use prost_reflect::{DeserializeOptions, DynamicMessage};
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, Visitor,
    value,
};

use super::{
    scalar::Value,
    table::{Field, Kind, MessageId, Shape},
};

/// How far a text may be from a name to be taken for it misspelt.
const NEAR: f64 = 0.8;

/// Why a text is no message.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// It is not even a JSON object.
    NoObject(String),
    /// One field is wrong; its path and what is wrong with it.
    Field(String, String),
    /// A field that was fixed has another value.
    Contradiction(String),
}

/// Reads one message. What it is made of can come from several places: a JSON object, and single fields as text.
pub(crate) struct Reader {
    message: MessageId,
    wire: Vec<u8>,
    /// Which fields of the messages around this place were given: one stack for all.
    given: Vec<bool>,
    /// Fields of the message itself that may be given only as they are.
    fixed: Vec<(&'static Field, String)>,
    contradiction: Option<String>,
    /// Where we are, for errors.
    path: Vec<Step>,
}

enum Step {
    Field(&'static Field),
    Index(usize),
    /// A key of a map, or a name that is no field.
    Name(String),
}

impl Reader {
    pub(crate) fn new(message: MessageId) -> Self {
        let given = vec![false; message.fields().len()];
        let wire = Vec::with_capacity(128);
        Self { message, wire, given, fixed: Vec::new(), contradiction: None, path: Vec::new() }
    }

    pub(crate) fn message(&self) -> MessageId {
        self.message
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
    pub(crate) fn text(&mut self, field: &'static Field, text: &str) -> Result<(), ReadError> {
        self.path.push(Step::Field(field));
        let seed = FieldValue { field, is_element: true, reader: self };
        let read: Result<(), value::Error> = match field.kind {
            Kind::Bool if let Ok(flag) = text.parse::<bool>() => seed.deserialize(flag.into_deserializer()),
            Kind::Enum(_) if let Ok(number) = text.parse::<i32>() => {
                seed.deserialize(number.into_deserializer())
            }
            _ => seed.deserialize(text.into_deserializer()),
        };
        read.map_err(|error| ReadError::Field(self.path_text(), error.to_string()))?;
        self.path.pop();
        if let Some(place) = self.message.table().place(field.number) {
            self.given[place] = true;
        }
        Ok(())
    }

    /// Adds a field as it stands in a path. The JSON object may repeat it, but not say otherwise.
    pub(crate) fn fix(&mut self, field: &'static Field, text: &str) -> Result<(), ReadError> {
        self.text(field, text)?;
        self.fixed.push((field, text.to_owned()));
        Ok(())
    }

    /// Whether a field was given.
    pub(crate) fn was_given(&self, field: &Field) -> bool {
        self.message.table().place(field.number).is_some_and(|place| self.given[place])
    }

    /// Whether a field was given and is other than the default.
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

    /// The message as it is on the wire.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.wire
    }

    /// Refuses a value that is not the fixed one.
    fn compare<E: Error>(&mut self, field: &Field, name: &str, given: &serde_json::Value) -> Result<(), E> {
        let is_same = self.fixed.iter().any(|(fixed, text)| fixed.number == field.number && given == text);
        if !is_same {
            self.contradiction = Some(name.to_owned());
            return Err(E::custom("is not the one in the path"));
        }
        Ok(())
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

/// The keys and values of an object.
struct MessageBody<'a> {
    message: MessageId,
    /// Where the flags of this message begin in `given`.
    base: usize,
    reader: &'a mut Reader,
}

impl<'de> Visitor<'de> for MessageBody<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { message, base, reader } = self;
        let table = message.table();
        while let Some(name) = map.next_key::<Key<'de>>()? {
            let Some(place) = table.place_of(&name.0) else {
                let what = unknown(message, &name.0);
                reader.path.push(Step::Name(name.0.chars().take(64).collect()));
                return Err(A::Error::custom(what));
            };
            let field = &table.fields[place];
            // Only the message itself stands at the bottom of the stack.
            if base == 0 && reader.fixed.iter().any(|(fixed, _)| fixed.number == field.number) {
                reader.compare(field, &name.0, &map.next_value()?)?;
                continue;
            }
            reader.path.push(Step::Field(field));
            if map.next_value_seed(OptionalField { field, reader: &mut *reader })? {
                if std::mem::replace(&mut reader.given[base + place], true) {
                    return Err(A::Error::custom("is there twice"));
                }
                if let Some(rival) = field.rivals.iter().find(|rival| reader.given[base + **rival]) {
                    let other = &table.fields[*rival].json_name;
                    return Err(A::Error::custom(format!("excludes {other}; give one of them")));
                }
            }
            reader.path.pop();
        }
        Ok(())
    }
}

/// A key of an object, borrowed from the text where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(text)))
    }
}

fn unknown(message: MessageId, name: &str) -> String {
    let names = message.fields().iter().map(|field| (strsim::jaro_winkler(&field.json_name, name), field));
    let nearest = names.filter(|(near, _)| *near >= NEAR).max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest {
        Some((_, field)) => format!("is no field of this call; did you mean {}?", field.json_name),
        None => "is no field of this call".to_owned(),
    }
}

/// The value of a field, or null, which is as if it were not there.
struct OptionalField<'a> {
    field: &'static Field,
    reader: &'a mut Reader,
}

impl<'de> DeserializeSeed<'de> for OptionalField<'_> {
    /// Whether there was a value.
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OptionalField<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        // The one message for which null is a value.
        if let Kind::Message(message) = self.field.kind
            && let Some(special) = &message.table().special
            && special.descriptor.full_name() == "google.protobuf.Value"
        {
            let Self { field, reader } = self;
            let null = ().into_deserializer();
            return FieldValue { field, is_element: false, reader }.deserialize(null).map(|()| true);
        }
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let Self { field, reader } = self;
        FieldValue { field, is_element: false, reader }.deserialize(deserializer)?;
        Ok(true)
    }
}

/// The value of a field, with its key before it.
struct FieldValue<'a> {
    field: &'static Field,
    /// One element of a list, and not the list.
    is_element: bool,
    reader: &'a mut Reader,
}

impl<'de> DeserializeSeed<'de> for FieldValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { field, is_element, reader } = self;
        match field.shape {
            Shape::List if !is_element => return deserializer.deserialize_seq(Elements { field, reader }),
            Shape::Map => return deserializer.deserialize_map(Entries { field, reader }),
            _ => {}
        }
        let start = reader.wire.len();
        encode_key(field.number, field.kind.wire_type(), &mut reader.wire);
        let is_set = Single { kind: &field.kind, reader: &mut *reader }.deserialize(deserializer)?;
        if !is_set && field.shape == Shape::Implicit {
            reader.wire.truncate(start);
        }
        Ok(())
    }
}

/// The elements of a list.
struct Elements<'a> {
    field: &'static Field,
    reader: &'a mut Reader,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { field, reader } = self;
        let is_packed = field.kind.wire_type() != WireType::LengthDelimited;
        let start = reader.wire.len();
        let mut elements = |reader: &mut Reader| {
            let mut count = 0;
            loop {
                reader.path.push(Step::Index(count));
                let more = if is_packed {
                    list.next_element_seed(Single { kind: &field.kind, reader })?.is_some()
                } else {
                    list.next_element_seed(FieldValue { field, is_element: true, reader })?.is_some()
                };
                reader.path.pop();
                if !more {
                    return Ok::<usize, A::Error>(count);
                }
                count += 1;
            }
        };
        if !is_packed {
            return elements(reader).map(drop);
        }
        encode_key(field.number, WireType::LengthDelimited, &mut reader.wire);
        let count = reader.delimited(elements)?;
        if count == 0 {
            reader.wire.truncate(start);
        }
        Ok(())
    }
}

/// The entries of a map.
struct Entries<'a> {
    field: &'static Field,
    reader: &'a mut Reader,
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { field, reader } = self;
        let Kind::Message(entry) = field.kind else { return Err(A::Error::custom("is no map")) };
        let [key, value] = entry.fields() else { return Err(A::Error::custom("is no map")) };
        while let Some(name) = map.next_key::<Key<'de>>()? {
            reader.path.push(Step::Name(name.0.chars().take(64).collect()));
            encode_key(field.number, WireType::LengthDelimited, &mut reader.wire);
            reader.delimited(|reader| {
                encode_key(key.number, key.kind.wire_type(), &mut reader.wire);
                let single = Single { kind: &key.kind, reader: &mut *reader };
                match (&key.kind, name.0.parse::<bool>()) {
                    (Kind::Bool, Ok(flag)) => single.visit_bool::<A::Error>(flag)?,
                    _ => single.visit_str::<A::Error>(&name.0)?,
                };
                map.next_value_seed(FieldValue { field: value, is_element: false, reader })
            })?;
            reader.path.pop();
        }
        Ok(())
    }
}

/// One value without its key.
struct Single<'a> {
    kind: &'static Kind,
    reader: &'a mut Reader,
}

impl Single<'_> {
    fn put(self, value: &Value<'_>) -> bool {
        value.encode(self.kind, &mut self.reader.wire)
    }

    /// The integers that fit; `None` for what is no integer.
    fn bounds(&self) -> Option<RangeInclusive<i128>> {
        Some(match self.kind {
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Enum(_) => i32::MIN.into()..=i32::MAX.into(),
            Kind::Uint32 | Kind::Fixed32 => 0..=u32::MAX.into(),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => i64::MIN.into()..=i64::MAX.into(),
            Kind::Uint64 | Kind::Fixed64 => 0..=u64::MAX.into(),
            _ => return None,
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "as JSON has it: one kind of number")]
    fn integer<E: Error>(self, number: i128, given: Unexpected<'_>) -> Result<bool, E> {
        match (self.kind, self.bounds()) {
            (Kind::Double | Kind::Float, _) => self.visit_f64(number as f64),
            (_, Some(bounds)) if bounds.contains(&number) => Ok(self.put(&Value::Integer(number))),
            (_, Some(_)) => Err(E::custom(format!("{number} is out of range"))),
            (_, None) => Err(E::invalid_type(given, &self)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Single<'_> {
    /// Whether the value is other than the default.
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let Kind::Message(message) = *self.kind else { return deserializer.deserialize_any(self) };
        let reader = self.reader;
        if let Some(special) = &message.table().special {
            let options = DeserializeOptions::new().deny_unknown_fields(true);
            let message =
                DynamicMessage::deserialize_with_options(special.descriptor.clone(), deserializer, &options)?;
            Value::Bytes(&message.encode_to_vec()).encode(self.kind, &mut reader.wire);
            return Ok(true);
        }
        reader.delimited(|reader| {
            let base = reader.given.len();
            reader.given.resize(base + message.fields().len(), false);
            deserializer.deserialize_map(MessageBody { message, base, reader: &mut *reader })?;
            reader.given.truncate(base);
            Ok(true)
        })
    }
}

impl Visitor<'_> for Single<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Bool => "a boolean",
            Kind::String => "a string",
            Kind::Bytes => "a base64-encoded string",
            Kind::Enum(_) => "the name of a value",
            Kind::Message(_) => "an object",
            Kind::Double | Kind::Float => "a number",
            _ => "an integer",
        })
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<bool, E> {
        match self.kind {
            Kind::Bool => Ok(self.put(&Value::Integer(flag.into()))),
            _ => Err(E::invalid_type(Unexpected::Bool(flag), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<bool, E> {
        self.integer(number.into(), Unexpected::Signed(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<bool, E> {
        self.integer(number.into(), Unexpected::Unsigned(number))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the bounds are checked, or the kind has 32 bits")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<bool, E> {
        match self.kind {
            Kind::Double => Ok(self.put(&Value::Double(number))),
            // A number beyond 32 bits would silently become infinite.
            Kind::Float if number.is_finite() && (number as f32).is_infinite() => {
                Err(E::custom(format!("{number} is out of range")))
            }
            Kind::Float => Ok(self.put(&Value::Float(number as f32))),
            // 1e3 is an integer.
            _ if number.fract() == 0.0 => self.integer(number as i128, Unexpected::Float(number)),
            _ => Err(E::invalid_type(Unexpected::Float(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match self.kind {
            Kind::String => Ok(self.put(&Value::Bytes(text.as_bytes()))),
            Kind::Bytes => {
                let bytes = base64(text).map_err(|error| E::custom(format!("is no base64: {error}")))?;
                Ok(self.put(&Value::Bytes(&bytes)))
            }
            Kind::Enum(kind) => match kind.get_value_by_name(text) {
                Some(value) => {
                    let number = value.number();
                    Ok(self.put(&Value::Integer(number.into())))
                }
                None => {
                    Err(E::custom(format!("has no value {:?}", text.chars().take(64).collect::<String>())))
                }
            },
            Kind::Double => Ok(self.put(&Value::Double(text.parse().map_err(E::custom)?))),
            Kind::Float => Ok(self.put(&Value::Float(text.parse().map_err(E::custom)?))),
            _ if self.bounds().is_some() => {
                let number: i128 = text.parse().map_err(E::custom)?;
                self.integer(number, Unexpected::Str(text))
            }
            _ => Err(E::invalid_type(Unexpected::Str(text), &self)),
        }
    }
}

/// Both alphabets, with or without padding.
fn base64(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    GeneralPurpose::new(alphabet, CONFIG).decode(text)
}
