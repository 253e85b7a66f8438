//! What the descriptors say about each message, looked up once.

use std::{collections::HashMap, fmt, sync::Arc};

use prost::encoding::WireType;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind as Described, MessageDescriptor, Value};

/// Every message of a contract, with its fields.
pub(crate) struct Tables {
    messages: Vec<Message>,
    by_name: HashMap<String, Place>,
}

/// Index of a message in its [`Tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(usize);

/// A message of a contract. Cheap to clone.
#[derive(Clone)]
pub(crate) struct MessageType {
    tables: Arc<Tables>,
    place: Place,
}

pub(super) struct Message {
    /// In the order of their numbers.
    pub(super) fields: Vec<Field>,
    /// By both the proto name and the JSON name.
    by_name: HashMap<String, usize>,
    pub(super) special: Option<Special>,
}

/// A well-known type, whose JSON is not an object of its fields. prost-reflect translates the rare ones.
pub(super) struct Special {
    pub(super) descriptor: MessageDescriptor,
    pub(super) is_timestamp: bool,
}

/// A field of a message.
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) json_name: String,
    /// The key as it stands in an object: `"jsonName":`.
    pub(super) key: String,
    pub(super) shape: Shape,
    pub(super) kind: Kind,
    /// The other fields of its oneof, by their index in the message.
    pub(super) rivals: Vec<usize>,
    /// The cookie that browsers carry the field in.
    pub(crate) cookie: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A value whose default is the same as its absence.
    Implicit,
    /// A value that can be absent.
    Explicit,
    List,
    /// A list of entries with the fields 1, key, and 2, value.
    Map,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    /// The bytes of a message whose type is known beside the field (the option `embedded`).
    Embedded,
    Enum(prost_reflect::EnumDescriptor),
    Message(Place),
}

impl Tables {
    pub(crate) fn new(pool: &DescriptorPool) -> Arc<Self> {
        let all: Vec<_> = pool.all_messages().collect();
        let by_name: HashMap<_, _> = all
            .iter()
            .enumerate()
            .map(|(place, message)| (message.full_name().to_owned(), Place(place)))
            .collect();
        let messages = all.iter().map(|message| table(message, &by_name)).collect();
        Arc::new(Self { messages, by_name })
    }

    /// Finds a message by its full name.
    pub(crate) fn message(self: &Arc<Self>, name: &str) -> Option<MessageType> {
        let place = *self.by_name.get(name)?;
        Some(MessageType { tables: self.clone(), place })
    }

    pub(super) fn at(&self, place: Place) -> &Message {
        &self.messages[place.0]
    }
}

impl fmt::Debug for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MessageType").field(&self.place).finish()
    }
}

impl MessageType {
    pub(super) fn tables(&self) -> &Tables {
        &self.tables
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn table(&self) -> &Message {
        self.tables.at(self.place)
    }

    /// A field by either of its names.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        let table = self.table();
        Some(&table.fields[table.place_of(name)?])
    }

    /// The fields in the order of their numbers.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.table().fields
    }
}

impl Message {
    /// The index of a field by its number.
    pub(super) fn place(&self, number: u32) -> Option<usize> {
        // Most messages are numbered without gaps.
        let guess = (number as usize).wrapping_sub(1);
        if self.fields.get(guess).is_some_and(|field| field.number == number) {
            return Some(guess);
        }
        self.fields.binary_search_by_key(&number, |field| field.number).ok()
    }

    /// The index of a field by either of its names.
    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

impl Field {
    pub(crate) fn is_list(&self) -> bool {
        self.shape == Shape::List
    }

    pub(crate) fn is_map(&self) -> bool {
        self.shape == Shape::Map
    }
}

impl Kind {
    pub(super) fn wire_type(&self) -> WireType {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => WireType::SixtyFourBit,
            Self::Float | Self::Fixed32 | Self::Sfixed32 => WireType::ThirtyTwoBit,
            Self::String | Self::Bytes | Self::Embedded | Self::Message(_) => WireType::LengthDelimited,
            _ => WireType::Varint,
        }
    }
}

fn table(message: &MessageDescriptor, places: &HashMap<String, Place>) -> Message {
    let mut described: Vec<_> = message.fields().collect();
    described.sort_by_key(FieldDescriptor::number);
    let fields = described.iter().map(|each| field(each, &described, places)).collect();
    let names = described
        .iter()
        .enumerate()
        .flat_map(|(place, field)| [(field.name().to_owned(), place), (field.json_name().to_owned(), place)]);
    Message { fields, by_name: names.collect(), special: special(message) }
}

fn field(field: &FieldDescriptor, all: &[FieldDescriptor], places: &HashMap<String, Place>) -> Field {
    let shape = match field {
        field if field.is_map() => Shape::Map,
        field if field.is_list() => Shape::List,
        field if field.supports_presence() => Shape::Explicit,
        _ => Shape::Implicit,
    };
    let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
    let is_rival = |other: &FieldDescriptor| {
        other != field && oneof.is_some() && other.containing_oneof().as_ref() == oneof.as_ref()
    };
    let kind = if option(field, "embedded").is_some_and(|embedded| embedded.as_bool() == Some(true)) {
        Kind::Embedded
    } else {
        kind(&field.kind(), places)
    };
    Field {
        number: field.number(),
        json_name: field.json_name().to_owned(),
        key: format!("\"{}\":", field.json_name()),
        shape,
        kind,
        rivals: (0..all.len()).filter(|place| is_rival(&all[*place])).collect(),
        cookie: option(field, "cookie").and_then(|cookie| cookie.as_str().map(str::to_owned)),
    }
}

fn kind(kind: &Described, places: &HashMap<String, Place>) -> Kind {
    match kind {
        Described::Double => Kind::Double,
        Described::Float => Kind::Float,
        Described::Int32 => Kind::Int32,
        Described::Int64 => Kind::Int64,
        Described::Uint32 => Kind::Uint32,
        Described::Uint64 => Kind::Uint64,
        Described::Sint32 => Kind::Sint32,
        Described::Sint64 => Kind::Sint64,
        Described::Fixed32 => Kind::Fixed32,
        Described::Fixed64 => Kind::Fixed64,
        Described::Sfixed32 => Kind::Sfixed32,
        Described::Sfixed64 => Kind::Sfixed64,
        Described::Bool => Kind::Bool,
        Described::String => Kind::String,
        Described::Bytes => Kind::Bytes,
        Described::Enum(kind) => Kind::Enum(kind.clone()),
        Described::Message(message) => Kind::Message(places[message.full_name()]),
    }
}

fn special(message: &MessageDescriptor) -> Option<Special> {
    const NAMES: [&str; 17] = [
        "Any",
        "BoolValue",
        "BytesValue",
        "DoubleValue",
        "Duration",
        "Empty",
        "FieldMask",
        "FloatValue",
        "Int32Value",
        "Int64Value",
        "ListValue",
        "StringValue",
        "Struct",
        "Timestamp",
        "UInt32Value",
        "UInt64Value",
        "Value",
    ];
    let name = message.full_name().strip_prefix("google.protobuf.")?;
    NAMES.contains(&name).then(|| Special { descriptor: message.clone(), is_timestamp: name == "Timestamp" })
}

/// An option of ours on a field, if the field has it.
fn option(field: &FieldDescriptor, name: &str) -> Option<Value> {
    let extension = field.parent_pool().get_extension_by_name(&format!("syncwatch.common.v1.{name}"))?;
    let options = field.options();
    options.has_extension(&extension).then(|| options.get_extension(&extension).into_owned())
}
