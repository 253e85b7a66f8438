//! Objects: their keys, and which field each key is.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer as _, MapAccess, Visitor};

use super::{Reader, Step, value::FieldValue};
use crate::json::table::{Field, Kind, Message};

/// Similarity from which a name counts as a misspelt other one.
const NEAR: f64 = 0.8;

/// The keys and values of an object that is a message.
pub(super) struct MessageBody<'a, 't> {
    pub(super) message: &'t Message,
    /// Where the flags of this message begin in `given`.
    pub(super) base: usize,
    pub(super) reader: &'a mut Reader<'t>,
}

impl<'de> Visitor<'de> for MessageBody<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { message, base, reader } = self;
        while let Some(name) = map.next_key::<Key<'de>>()? {
            let Some(place) = message.place_of(&name.0) else {
                let what = unknown(message, &name.0);
                reader.path.push(Step::Name(name.0.chars().take(64).collect()));
                return Err(A::Error::custom(what));
            };
            let field = &message.fields[place];
            // Only the message itself stands at the bottom of the stack.
            if base == 0 && reader.fixed.iter().any(|(fixed, _)| fixed.number == field.number) {
                compare(reader, field, &name.0, &map.next_value()?)?;
                continue;
            }
            reader.path.push(Step::Field(field));
            if map.next_value_seed(OptionalField { field, reader: &mut *reader })? {
                if std::mem::replace(&mut reader.given[base + place], true) {
                    return Err(A::Error::custom("is there twice"));
                }
                if let Some(rival) = field.rivals.iter().find(|rival| reader.given[base + **rival]) {
                    let other = &message.fields[*rival].json_name;
                    return Err(A::Error::custom(format!("excludes {other}; give one of them")));
                }
            }
            reader.path.pop();
        }
        Ok(())
    }
}

/// Refuses a value that is not the fixed one.
fn compare<E: Error>(
    reader: &mut Reader<'_>,
    field: &Field,
    name: &str,
    given: &serde_json::Value,
) -> Result<(), E> {
    let is_same = reader.fixed.iter().any(|(fixed, text)| fixed.number == field.number && given == text);
    if !is_same {
        reader.contradiction = Some(name.to_owned());
        return Err(E::custom("is not the one in the path"));
    }
    Ok(())
}

/// A key of an object, borrowed from the text where it has no escapes.
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

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

fn unknown(message: &Message, name: &str) -> String {
    let names = message.fields.iter().map(|field| (strsim::jaro_winkler(&field.json_name, name), field));
    let nearest = names.filter(|(near, _)| *near >= NEAR).max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest {
        Some((_, field)) => format!("is no field of this call; did you mean {}?", field.json_name),
        None => "is no field of this call".to_owned(),
    }
}

/// The value of a field, or null, which counts as absent.
struct OptionalField<'a, 't> {
    field: &'t Field,
    reader: &'a mut Reader<'t>,
}

impl<'de> DeserializeSeed<'de> for OptionalField<'_, '_> {
    /// Whether there was a value.
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OptionalField<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        self.visit_unit()
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        // The one message for which null is a value.
        if let Kind::Message(place) = self.field.kind
            && let Some(special) = &self.reader.tables.at(place).special
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
