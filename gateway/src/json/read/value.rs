//! Values: lists, maps, and single values of each kind.

use std::{fmt, ops::RangeInclusive};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use prost::{
    Message as _,
    encoding::{WireType, encode_key},
};
use prost_reflect::{DeserializeOptions, DynamicMessage};
use serde::de::{
    Deserialize as _, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::value::RawValue;

use super::{
    Reader, Step,
    object::{Key, MessageBody},
};
use crate::json::{
    scalar::Value,
    table::{Field, Kind, Shape},
};

/// The value of a field, with its key before it.
pub(super) struct FieldValue<'a, 't> {
    pub(super) field: &'t Field,
    /// One element of a list, and not the list.
    pub(super) is_element: bool,
    pub(super) reader: &'a mut Reader<'t>,
}

impl<'de> DeserializeSeed<'de> for FieldValue<'_, '_> {
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
struct Elements<'a, 't> {
    field: &'t Field,
    reader: &'a mut Reader<'t>,
}

impl<'de, 't> Visitor<'de> for Elements<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { field, reader } = self;
        let is_packed = field.kind.wire_type() != WireType::LengthDelimited;
        let start = reader.wire.len();
        let mut elements = |reader: &mut Reader<'t>| {
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
struct Entries<'a, 't> {
    field: &'t Field,
    reader: &'a mut Reader<'t>,
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { field, reader } = self;
        let Kind::Message(entry) = field.kind else { return Err(A::Error::custom("is no map")) };
        let [key, value] = reader.tables.at(entry).fields.as_slice() else {
            return Err(A::Error::custom("is no map"));
        };
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
struct Single<'a, 't> {
    kind: &'t Kind,
    reader: &'a mut Reader<'t>,
}

impl Single<'_, '_> {
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

impl<'de> DeserializeSeed<'de> for Single<'_, '_> {
    /// Whether the value is other than the default.
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let message = match *self.kind {
            Kind::Message(place) => self.reader.tables.at(place),
            // The type is known beside the field, and maybe only later: the object is kept as it is.
            Kind::Embedded => {
                let object = <&RawValue>::deserialize(deserializer)?;
                return Ok(self.put(&Value::Bytes(object.get().as_bytes())));
            }
            _ => return deserializer.deserialize_any(self),
        };
        let reader = self.reader;
        if let Some(special) = &message.special {
            let options = DeserializeOptions::new().deny_unknown_fields(true);
            let message =
                DynamicMessage::deserialize_with_options(special.descriptor.clone(), deserializer, &options)?;
            Value::Bytes(&message.encode_to_vec()).encode(self.kind, &mut reader.wire);
            return Ok(true);
        }
        reader.delimited(|reader| {
            let base = reader.given.len();
            reader.given.resize(base + message.fields.len(), false);
            deserializer.deserialize_map(MessageBody { message, base, reader: &mut *reader })?;
            reader.given.truncate(base);
            Ok(true)
        })
    }
}

impl Visitor<'_> for Single<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Bool => "a boolean",
            Kind::String => "a string",
            Kind::Bytes => "a base64-encoded string",
            Kind::Enum(_) => "the name of a value",
            Kind::Message(_) | Kind::Embedded => "an object",
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
