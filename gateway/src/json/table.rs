//! What the descriptors say, looked up once.

use std::{collections::HashMap, sync::LazyLock};

use prost::encoding::WireType;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind as Described, MessageDescriptor};

/// The messages of the contract.
static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::of(&proto::POOL));

/// Every message of a pool, with its fields.
struct Tables {
    messages: Vec<Message>,
    by_name: HashMap<String, MessageId>,
}

/// A message of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MessageId(usize);

pub(super) struct Message {
    /// By number.
    pub(super) fields: Vec<Field>,
    /// By both the proto name and the JSON name.
    by_name: HashMap<String, usize>,
    pub(super) special: Option<Special>,
}

/// A well-known type, whose JSON is not an object of its fields. prost-reflect translates those that are rare.
pub(super) struct Special {
    pub(super) descriptor: MessageDescriptor,
    pub(super) is_timestamp: bool,
}

/// A field of a message.
pub(crate) struct Field {
    pub(super) number: u32,
    pub(crate) json_name: String,
    /// The key as it stands in an object: `"jsonName":`.
    pub(super) key: String,
    pub(super) shape: Shape,
    pub(super) kind: Kind,
    /// The other fields of its oneof, by their place in the message.
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
    Enum(prost_reflect::EnumDescriptor),
    Message(MessageId),
}

/// Finds a message by its full name.
pub(crate) fn message_id(name: &str) -> Option<MessageId> {
    TABLES.by_name.get(name).copied()
}

impl MessageId {
    pub(super) fn table(self) -> &'static Message {
        &TABLES.messages[self.0]
    }

    /// A field by either of its names.
    pub(crate) fn field(self, name: &str) -> Option<&'static Field> {
        let table = self.table();
        Some(&table.fields[table.place_of(name)?])
    }

    /// The fields, by number.
    pub(crate) fn fields(self) -> &'static [Field] {
        &self.table().fields
    }
}

impl Message {
    /// The place of a field by its number.
    pub(super) fn place(&self, number: u32) -> Option<usize> {
        // Most messages are numbered without gaps.
        let guess = (number as usize).wrapping_sub(1);
        if self.fields.get(guess).is_some_and(|field| field.number == number) {
            return Some(guess);
        }
        self.fields.binary_search_by_key(&number, |field| field.number).ok()
    }

    /// The place of a field by either of its names.
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
            Self::String | Self::Bytes | Self::Message(_) => WireType::LengthDelimited,
            _ => WireType::Varint,
        }
    }
}

impl Tables {
    fn of(pool: &DescriptorPool) -> Self {
        let all: Vec<_> = pool.all_messages().collect();
        let by_name: HashMap<_, _> = all
            .iter()
            .enumerate()
            .map(|(place, message)| (message.full_name().to_owned(), MessageId(place)))
            .collect();
        let messages = all.iter().map(|message| table(message, &by_name)).collect();
        Self { messages, by_name }
    }
}

fn table(message: &MessageDescriptor, ids: &HashMap<String, MessageId>) -> Message {
    let mut described: Vec<_> = message.fields().collect();
    described.sort_by_key(FieldDescriptor::number);
    let fields = described.iter().map(|each| field(each, &described, ids)).collect();
    let names = described
        .iter()
        .enumerate()
        .flat_map(|(place, field)| [(field.name().to_owned(), place), (field.json_name().to_owned(), place)]);
    Message { fields, by_name: names.collect(), special: special(message) }
}

fn field(field: &FieldDescriptor, all: &[FieldDescriptor], ids: &HashMap<String, MessageId>) -> Field {
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
    Field {
        number: field.number(),
        json_name: field.json_name().to_owned(),
        key: format!("\"{}\":", field.json_name()),
        shape,
        kind: kind(&field.kind(), ids),
        rivals: (0..all.len()).filter(|place| is_rival(&all[*place])).collect(),
        cookie: cookie(field),
    }
}

fn kind(kind: &Described, ids: &HashMap<String, MessageId>) -> Kind {
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
        Described::Message(message) => Kind::Message(ids[message.full_name()]),
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

/// The option `cookie` of the contract.
fn cookie(field: &FieldDescriptor) -> Option<String> {
    let extension = field.parent_pool().get_extension_by_name("syncwatch.common.v1.cookie")?;
    let options = field.options();
    options
        .has_extension(&extension)
        .then(|| options.get_extension(&extension).as_str().map(str::to_owned))
        .flatten()
}
