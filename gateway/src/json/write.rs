//! Protobuf bytes to JSON text.

use std::{collections::BTreeMap, ops::Range};

use prost::encoding::{DecodeContext, WireType, decode_key, skip_field};
use prost_reflect::DynamicMessage;

use super::{
    Malformed, scalar,
    table::{Field, Kind, MessageType, Place, Shape, Tables},
};

/// Messages in messages; as prost bounds it.
const MAX_DEPTH: usize = 100;

/// The value of a field that belongs into a cookie.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CookieValue<'t> {
    pub(crate) name: &'t str,
    pub(crate) value: String,
}

/// Appends a message as JSON. `embedded` is the type of the message in its embedded field; without it that field is left
/// out.
pub(crate) fn write(
    message: &MessageType,
    wire: &[u8],
    embedded: Option<&MessageType>,
    out: &mut Vec<u8>,
) -> Result<(), Malformed> {
    let embedded = embedded.map(MessageType::place);
    let tables = message.tables();
    Writer { tables, out, seen: Vec::new(), embedded, cookies: None }.message(message.place(), wire, 0)
}

/// Appends a message as JSON, without the fields that belong into cookies. Returns those.
pub(crate) fn write_with_cookies<'t>(
    message: &'t MessageType,
    wire: &[u8],
    out: &mut Vec<u8>,
) -> Result<Vec<CookieValue<'t>>, Malformed> {
    let tables = message.tables();
    let mut writer = Writer { tables, out, seen: Vec::new(), embedded: None, cookies: Some(Vec::new()) };
    writer.message(message.place(), wire, 0)?;
    Ok(writer.cookies.unwrap_or_default())
}

struct Writer<'a, 't> {
    tables: &'t Tables,
    out: &'a mut Vec<u8>,
    /// Where the fields of the messages around this place stand: one stack for all, so that it is allocated once.
    seen: Vec<Option<Range<usize>>>,
    /// The type of the message in an embedded field.
    embedded: Option<Place>,
    cookies: Option<Vec<CookieValue<'t>>>,
}

impl<'t> Writer<'_, 't> {
    fn message(&mut self, place: Place, wire: &[u8], depth: usize) -> Result<(), Malformed> {
        let table = self.tables.at(place);
        if let Some(special) = &table.special {
            if special.is_timestamp {
                return scalar::write_timestamp(wire, self.out);
            }
            let message = DynamicMessage::decode(special.descriptor.clone(), wire)?;
            return serde_json::to_writer(&mut *self.out, &message).map_err(|_| Malformed);
        }
        if depth > MAX_DEPTH {
            return Err(Malformed);
        }
        let base = self.seen.len();
        self.seen.resize(base + table.fields.len(), None);
        let mut rest = wire;
        while !rest.is_empty() {
            let start = wire.len() - rest.len();
            let (number, wire_type) = decode_key(&mut rest)?;
            skip_field(wire_type, number, &mut rest, DecodeContext::default())?;
            // A field that we do not know is of a newer version.
            let Some(place) = table.place(number) else { continue };
            // Of a oneof the last on the wire counts.
            for rival in &table.fields[place].rivals {
                self.seen[base + rival] = None;
            }
            let end = wire.len() - rest.len();
            let seen = &mut self.seen[base + place];
            *seen = Some(seen.as_ref().map_or(start, |seen| seen.start)..end);
        }
        self.out.push(b'{');
        let empty = self.out.len();
        for (place, field) in table.fields.iter().enumerate() {
            let seen = self.seen[base + place].take().map(|seen| &wire[seen]);
            let before = self.out.len();
            if before > empty {
                self.out.push(b',');
            }
            self.out.extend_from_slice(field.key.as_bytes());
            if !self.field(field, seen, depth)? {
                self.out.truncate(before);
            }
        }
        self.seen.truncate(base);
        self.out.push(b'}');
        Ok(())
    }

    /// Writes the value of a field; whether there is one. `wire` begins with the first occurrence of the field and ends
    /// after its last; other fields may lie between.
    fn field(&mut self, field: &'t Field, wire: Option<&[u8]>, depth: usize) -> Result<bool, Malformed> {
        match field.shape {
            Shape::List => self.list(field, wire.unwrap_or_default(), depth)?,
            Shape::Map => self.map(field, wire.unwrap_or_default(), depth)?,
            Shape::Implicit | Shape::Explicit => {
                let Some(wire) = wire else { return Ok(false) };
                let message = match field.kind {
                    Kind::Message(message) => Some(message),
                    Kind::Embedded if let Some(message) = self.embedded => Some(message),
                    Kind::Embedded => return Ok(false),
                    _ => None,
                };
                if let Some(message) = message {
                    self.merged(field, message, wire, depth)?;
                    return Ok(true);
                }
                let mut last = wire;
                each(field, wire, |_, value| {
                    last = value;
                    Ok(())
                })?;
                if field.shape == Shape::Implicit && scalar::is_default(&field.kind, last)? {
                    return Ok(false);
                }
                if let (Some(cookies), Some(name)) = (&mut self.cookies, &field.cookie) {
                    let value = std::str::from_utf8(scalar::delimited(&mut last)?).map_err(|_| Malformed)?;
                    cookies.push(CookieValue { name, value: value.to_owned() });
                    return Ok(false);
                }
                scalar::write(&field.kind, &mut last, self.out)?;
            }
        }
        Ok(true)
    }

    /// A message that comes in parts is the concatenation of them.
    fn merged(&mut self, field: &Field, message: Place, wire: &[u8], depth: usize) -> Result<(), Malformed> {
        let (mut first, mut all) = (None, Vec::new());
        each(field, wire, |_, mut value| {
            let part = scalar::delimited(&mut value)?;
            match first {
                None => first = Some(part),
                Some(first) => {
                    if all.is_empty() {
                        all.extend_from_slice(first);
                    }
                    all.extend_from_slice(part);
                }
            }
            Ok(())
        })?;
        let whole = if all.is_empty() { first.unwrap_or_default() } else { &all };
        self.message(message, whole, depth + 1)
    }

    fn list(&mut self, field: &Field, wire: &[u8], depth: usize) -> Result<(), Malformed> {
        self.out.push(b'[');
        let empty = self.out.len();
        each(field, wire, |wire_type, mut value| {
            let packed = wire_type == WireType::LengthDelimited && field.kind.wire_type() != wire_type;
            if packed {
                value = scalar::delimited(&mut value)?;
            }
            while !value.is_empty() {
                if self.out.len() > empty {
                    self.out.push(b',');
                }
                self.value(&field.kind, &mut value, depth)?;
                if !packed {
                    break;
                }
            }
            Ok(())
        })?;
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, field: &Field, wire: &[u8], depth: usize) -> Result<(), Malformed> {
        let Kind::Message(entry) = field.kind else { return Err(Malformed) };
        let [key, value] = self.tables.at(entry).fields.as_slice() else { return Err(Malformed) };
        // Of several entries with one key the last counts. The order of keys is ours, so that texts can be compared.
        let mut entries: BTreeMap<Vec<u8>, &[u8]> = BTreeMap::new();
        each(field, wire, |_, mut delimited| {
            let entry = scalar::delimited(&mut delimited)?;
            let mut text = Vec::new();
            match last(key, entry)? {
                Some(mut found) => scalar::write(&key.kind, &mut found, &mut text)?,
                None => scalar::write_default(&key.kind, &mut text),
            }
            if !matches!(key.kind, Kind::String) && text.first() != Some(&b'"') {
                text = [b"\"", text.as_slice(), b"\""].concat();
            }
            entries.insert(text, entry);
            Ok(())
        })?;
        self.out.push(b'{');
        let empty = self.out.len();
        for (text, entry) in entries {
            if self.out.len() > empty {
                self.out.push(b',');
            }
            self.out.extend_from_slice(&text);
            self.out.push(b':');
            match (last(value, entry)?, &value.kind) {
                (Some(mut found), kind) => self.value(kind, &mut found, depth)?,
                (None, Kind::Message(message)) => self.message(*message, &[], depth + 1)?,
                (None, kind) => scalar::write_default(kind, self.out),
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    fn value(&mut self, kind: &Kind, wire: &mut &[u8], depth: usize) -> Result<(), Malformed> {
        match kind {
            Kind::Message(message) => {
                let part = scalar::delimited(wire)?;
                self.message(*message, part, depth + 1)
            }
            kind => scalar::write(kind, wire, self.out),
        }
    }
}

/// Calls `found` with the bytes from each value of a field on. Only lists may come packed.
fn each<'a>(
    field: &Field,
    wire: &'a [u8],
    mut found: impl FnMut(WireType, &'a [u8]) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let mut rest = wire;
    while !rest.is_empty() {
        let (number, wire_type) = decode_key(&mut rest)?;
        let value = rest;
        skip_field(wire_type, number, &mut rest, DecodeContext::default())?;
        if number != field.number {
            continue;
        }
        let packed = field.shape == Shape::List && wire_type == WireType::LengthDelimited;
        if wire_type != field.kind.wire_type() && !packed {
            return Err(Malformed);
        }
        found(wire_type, value)?;
    }
    Ok(())
}

/// The last value of a field in an entry of a map.
fn last<'a>(field: &Field, entry: &'a [u8]) -> Result<Option<&'a [u8]>, Malformed> {
    let mut last = None;
    each(field, entry, |_, value| {
        last = Some(value);
        Ok(())
    })?;
    Ok(last)
}
