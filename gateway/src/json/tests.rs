//! The translation against prost-reflect's, for every message of the contract.

use std::sync::{Arc, LazyLock};

use proptest::{prelude::*, sample::Index};
use prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, SerializeOptions,
    Value,
};
use proto::{
    realtime::v1::{Call, ClientFrame, client_frame},
    room::v1::GetRoomRequest,
};
use serde_json::json;

use super::{MessageType, ReadError, Reader, Tables, write};

static TABLES: LazyLock<Arc<Tables>> = LazyLock::new(|| Tables::new(&proto::POOL));

fn message_type(message: &MessageDescriptor) -> MessageType {
    TABLES.message(message.full_name()).unwrap()
}

/// Messages with every kind of field: those of the contract, and the rules of validation.
fn messages() -> Vec<MessageDescriptor> {
    let is_ours = |message: &MessageDescriptor| {
        let name = message.full_name();
        (name.starts_with("syncwatch.") || name.starts_with("buf.validate.")) && !message.is_map_entry()
    };
    proto::POOL.all_messages().filter(is_ours).collect()
}

/// prost-reflect writes these as base64; a test of their own is below.
fn is_embedded(field: &FieldDescriptor) -> bool {
    let extension = proto::POOL.get_extension_by_name("syncwatch.common.v1.embedded").unwrap();
    field.options().get_extension(&extension).as_bool() == Some(true)
}

/// Draws numbers from what proptest has drawn, so that a failure shrinks towards few and small ones.
struct Draw<'a>(std::slice::Iter<'a, (Index, u64)>);

impl Draw<'_> {
    fn below(&mut self, bound: usize) -> usize {
        self.0.next().map_or(0, |(index, _)| index.index(bound))
    }

    fn bits(&mut self) -> u64 {
        self.0.next().map_or(0, |(_, bits)| *bits)
    }

    #[expect(clippy::cast_possible_truncation, reason = "any number will do")]
    fn value(&mut self, kind: &Kind, depth: usize) -> Value {
        // Small numbers and zero are as likely as large ones.
        let bits = self.bits() >> [0, 33, 57, 64][self.below(4)].min(63);
        let float = f64::from(bits as i32) / 64.0;
        match kind {
            Kind::Double => Value::F64(float),
            Kind::Float => Value::F32(f32::from(bits as i16) / 4.0),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(bits as i32),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(bits.cast_signed()),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(bits as u32),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(bits),
            Kind::Bool => Value::Bool(bits & 1 == 1),
            Kind::String => {
                let texts = ["", "plain", "\"quoted\" \\ \n\u{7f}", "Kino 🎬 \u{2028}", "null"];
                Value::String(texts[self.below(texts.len())].to_owned())
            }
            Kind::Bytes => Value::Bytes(bits.to_le_bytes()[self.below(8)..].to_vec().into()),
            Kind::Enum(kind) => {
                let known: Vec<_> = kind.values().map(|value| value.number()).collect();
                Value::EnumNumber(known[self.below(known.len())])
            }
            Kind::Message(message) => Value::Message(self.message(message, depth + 1)),
        }
    }

    fn message(&mut self, descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        let limits = match descriptor.full_name() {
            // What RFC 3339 can write.
            "google.protobuf.Timestamp" => Some(4_000_000_000),
            "google.protobuf.Duration" => Some(300_000_000_000),
            _ => None,
        };
        if let Some(limit) = limits {
            let seconds = i64::try_from(self.bits() % limit).unwrap();
            let nanos = [0, 5, 1_000, 250_000_000, 999_999_999][self.below(5)];
            message.set_field_by_name("seconds", Value::I64(seconds));
            message.set_field_by_name("nanos", Value::I32(nanos));
            return message;
        }
        if descriptor.full_name() == "google.protobuf.FieldMask" {
            // JSON joins the paths by commas, so not every text is one.
            let paths = (0..self.below(3)).map(|_| ["title", "start_us"][self.below(2)].to_owned());
            message.set_field_by_name("paths", Value::List(paths.map(Value::String).collect()));
            return message;
        }
        if depth > 4 {
            return message;
        }
        for field in descriptor.fields().filter(|field| !is_embedded(field)) {
            if self.below(2) == 1 {
                let value = self.field(&field, depth);
                message.set_field(&field, value);
            }
        }
        message
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        let kind = field.kind();
        let count = self.below(3);
        if field.is_map() {
            let entry = kind.as_message().unwrap();
            let value = entry.map_entry_value_field().kind();
            let entries = (0..count).map(|n| (MapKey::String(format!("k\"{n}")), self.value(&value, depth)));
            Value::Map(entries.collect())
        } else if field.is_list() {
            Value::List((0..count).map(|_| self.value(&kind, depth)).collect())
        } else {
            self.value(&kind, depth)
        }
    }
}

fn to_json(message: &MessageDescriptor, wire: &[u8]) -> String {
    let mut text = Vec::new();
    write(&message_type(message), wire, None, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn from_json(message: &MessageDescriptor, text: &str) -> Result<DynamicMessage, ReadError> {
    let message_type = message_type(message);
    let mut reader = Reader::new(&message_type);
    reader.json(text.as_bytes())?;
    Ok(DynamicMessage::decode(message.clone(), reader.finish().as_slice()).unwrap())
}

fn reflected(message: &MessageDescriptor, text: &str) -> DynamicMessage {
    let mut json = serde_json::Deserializer::from_str(text);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    DynamicMessage::deserialize_with_options(message.clone(), &mut json, &options).unwrap()
}

/// What a message says, in a form that can be compared and shown.
fn said(message: &DynamicMessage) -> serde_json::Value {
    serde_json::to_value(message).unwrap()
}

fn with_options(message: &DynamicMessage, options: &SerializeOptions) -> String {
    let mut text = Vec::new();
    message.serialize_with_options(&mut serde_json::Serializer::new(&mut text), options).unwrap();
    String::from_utf8(text).unwrap()
}

fn draws() -> impl Strategy<Value = Vec<(Index, u64)>> {
    prop::collection::vec(any::<(Index, u64)>(), 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn messages_round_trip_through_json(draws in draws()) {
        for descriptor in messages() {
            let message = Draw(draws.iter()).message(&descriptor, 0);
            let text = to_json(&descriptor, &message.encode_to_vec());
            prop_assert_eq!(said(&reflected(&descriptor, &text)), said(&message), "{}", text);
            prop_assert_eq!(said(&from_json(&descriptor, &text).unwrap()), said(&message), "{}", text);
        }
    }

    #[test]
    fn all_spellings_of_protojson_are_read(draws in draws()) {
        let options = SerializeOptions::new();
        let spellings = [
            options.clone(),
            options.clone().use_proto_field_name(true),
            options.clone().use_enum_numbers(true).stringify_64_bit_integers(false),
            options.skip_default_fields(false),
        ];
        for descriptor in messages() {
            let message = Draw(draws.iter()).message(&descriptor, 0);
            for options in &spellings {
                let text = with_options(&message, options);
                let read = from_json(&descriptor, &text);
                // To give the default of a field of a oneof is to choose that field.
                if let Err(ReadError::Field(_, what)) = &read && what.contains("excludes") {
                    continue;
                }
                prop_assert_eq!(said(&read.unwrap()), said(&reflected(&descriptor, &text)), "{}", text);
            }
        }
    }

    #[test]
    fn a_message_in_parts_is_merged(first in draws(), second in draws()) {
        for descriptor in messages() {
            let [first, second] = [&first, &second].map(|draws| Draw(draws.iter()).message(&descriptor, 0));
            let wire = [first.encode_to_vec(), second.encode_to_vec()].concat();
            let merged = DynamicMessage::decode(descriptor.clone(), wire.as_slice()).unwrap();
            prop_assert_eq!(said(&reflected(&descriptor, &to_json(&descriptor, &wire))), said(&merged));
        }
    }

    #[test]
    fn no_bytes_and_no_text_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), text in ".{0,40}") {
        for descriptor in messages() {
            let message = message_type(&descriptor);
            let _ = write(&message, &bytes, Some(&message), &mut Vec::new());
            let _ = Reader::new(&message).json(&bytes);
            let _ = Reader::new(&message).json(text.as_bytes());
        }
    }
}

fn descriptor(name: &str) -> MessageDescriptor {
    proto::POOL.get_message_by_name(name).unwrap()
}

// Case P7.
#[test]
fn empty_lists_and_maps_are_written() {
    assert_eq!(to_json(&descriptor("syncwatch.room.v1.ListRoomsResponse"), &[]), r#"{"rooms":[]}"#);
    assert_eq!(to_json(&descriptor("syncwatch.realtime.v1.Rejected"), &[]), r#"{"metadata":{}}"#);
}

#[test]
fn lists_of_numbers_are_read_packed_or_not() {
    let hello = descriptor("syncwatch.realtime.v1.Hello");
    // Field 5, observe: one packed list of 1 and 2, then 3 alone, with field 1 between them.
    let wire = [0x2a, 2, 1, 2, 0x08, 1, 0x28, 3];
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&to_json(&hello, &wire)).unwrap()["observe"],
        json!(["RESOURCE_PLAYBACK", "RESOURCE_SETTINGS", "RESOURCE_MEMBERS"])
    );
}

#[test]
fn the_last_field_of_a_oneof_wins() {
    let aside = descriptor("syncwatch.realtime.v1.ClientFrame");
    // typing (7), bye (10), typing.
    let wire = [0x3a, 0, 0x52, 0, 0x3a, 0];
    assert_eq!(to_json(&aside, &wire), r#"{"typing":{}}"#);
    assert_eq!(to_json(&aside, &wire[..4]), r#"{"bye":{}}"#);
}

#[test]
fn mistakes_are_named_by_path() {
    let frame = descriptor("syncwatch.realtime.v1.ClientFrame");
    let cases = [
        (r#"{"call": {"method": 5}}"#, "call.method", "expected a string"),
        (r#"{"call": {"mehtod": "x"}}"#, "call.mehtod", "did you mean method?"),
        (r#"{"call": {"zzz": "x"}}"#, "call.zzz", "is no field of this call"),
        (r#"{"hello": {"observe": ["RESOURCE_CHAT", "X"]}}"#, "hello.observe[1]", "has no value \"X\""),
        (r#"{"hello": {"protocolVersion": 1e10}}"#, "hello.protocolVersion", "out of range"),
        (r#"{"hello": {"protocolVersion": 1.5}}"#, "hello.protocolVersion", "expected an integer"),
        (r#"{"hello": {"lastSeq": "many"}}"#, "hello.lastSeq", "invalid digit"),
        (r#"{"id": "a", "id": "b"}"#, "id", "is there twice"),
        (r#"{"typing": {}, "bye": {}}"#, "bye", "excludes typing"),
    ];
    for (text, path, what) in cases {
        match from_json(&frame, text) {
            Err(ReadError::Field(field, said)) => {
                assert_eq!(field, path, "{text}");
                assert!(said.contains(what) && !said.contains("line"), "{text}: {said}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    for text in ["", "[]", "5", "{", "{}}", r#"{"id": "a",}"#] {
        assert!(matches!(from_json(&frame, text), Err(ReadError::NoObject(_))), "{text}");
    }
}

#[test]
fn an_embedded_message_is_its_object() {
    let frame = descriptor("syncwatch.realtime.v1.ClientFrame");
    let (call, room) = (message_type(&frame), message_type(&descriptor("syncwatch.room.v1.GetRoomRequest")));
    let mut reader = Reader::new(&call);
    reader.json(br#"{"call": {"body": {"room": [1, {}]}, "method": "m"}}"#).unwrap();
    let read = ClientFrame::decode(reader.finish().as_slice()).unwrap();
    let Some(client_frame::Kind::Call(call_frame)) = read.kind else { panic!("no call") };
    assert_eq!(call_frame.body.unwrap(), br#"{"room": [1, {}]}"#, "kept as it is until its type is known");
    let written = |body: &[u8]| {
        let kind = client_frame::Kind::Call(Call { method: "m".into(), body: Some(body.to_vec()) });
        let wire = ClientFrame { id: String::new(), kind: Some(kind) }.encode_to_vec();
        let mut text = Vec::new();
        write(&call, &wire, Some(&room), &mut text).map(|()| String::from_utf8(text).unwrap())
    };
    let body = GetRoomRequest { room: "abc".into(), ..Default::default() }.encode_to_vec();
    assert_eq!(written(&body).unwrap(), r#"{"call":{"method":"m","body":{"room":"abc"}}}"#);
    assert_eq!(
        written(&[]).unwrap(),
        r#"{"call":{"method":"m","body":{}}}"#,
        "an empty message is an empty object"
    );
    assert!(written(b"\xff").is_err());
}

#[test]
fn depth_is_bounded() {
    let rules = descriptor("buf.validate.FieldRules");
    let mut wire = Vec::new();
    for _ in 0..200 {
        // FieldRules.repeated (18) . items (4)
        let items = [vec![0x22], length(&wire), wire.clone()].concat();
        wire = [vec![0x92, 0x01], length(&items), items].concat();
    }
    assert!(write(&message_type(&rules), &wire, None, &mut Vec::new()).is_err());
}

fn length(wire: &[u8]) -> Vec<u8> {
    let mut length = Vec::new();
    prost::encoding::encode_varint(wire.len() as u64, &mut length);
    length
}
