//! JSON Schema of messages as ProtoJSON writes them, with the validation rules of the contract.

use std::collections::BTreeMap;

use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    ReflectMessage as _, Value as Field,
};
use serde_json::{Map, Value, json};

use super::comments::{self, Comments};

/// The messages and enums that have been met.
pub(super) struct Schemas {
    comments: Comments,
    known: BTreeMap<String, Value>,
}

impl Schemas {
    pub(super) fn new(pool: &DescriptorPool) -> Self {
        Self { comments: comments::all(pool), known: BTreeMap::new() }
    }

    /// The comment above what stands at `path` in a file; empty when there is none.
    pub(super) fn comment(&self, file: &FileDescriptor, path: &[i32]) -> &str {
        comments::comment(&self.comments, file, path)
    }

    /// Adds a message and all that it is made of; gives the reference to it.
    pub(super) fn add(&mut self, message: &MessageDescriptor) -> Value {
        let name = message.full_name();
        if !self.known.contains_key(name) {
            // Known before its fields are looked at: messages may contain each other.
            self.known.insert(name.to_owned(), Value::Null);
            let fields: Vec<_> = message.fields().collect();
            let schema = self.object(message, &fields, false);
            self.known.insert(name.to_owned(), schema);
        }
        reference(name)
    }

    /// An object with these fields of a message.
    pub(super) fn object(
        &mut self,
        message: &MessageDescriptor,
        fields: &[FieldDescriptor],
        closed: bool,
    ) -> Value {
        let mut properties = Map::new();
        for field in fields {
            let mut schema = self.field(field);
            let text = self.comment(&message.parent_file(), field.path());
            if let Some(schema) = schema.as_object_mut().filter(|_| !text.is_empty()) {
                schema.insert("description".to_owned(), text.into());
            }
            properties.insert(field.json_name().to_owned(), schema);
        }
        let mut object = json!({"type": "object", "properties": properties});
        let text = self.comment(&message.parent_file(), message.path());
        if !text.is_empty() {
            object["description"] = text.into();
        }
        let required: Vec<_> =
            fields.iter().filter(|field| is_required(field)).map(FieldDescriptor::json_name).collect();
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        if closed {
            object["additionalProperties"] = false.into();
        }
        object
    }

    fn add_enum(&mut self, kind: &EnumDescriptor) -> Value {
        let name = kind.full_name();
        if !self.known.contains_key(name) {
            let names: Vec<_> = kind.values().map(|value| value.name().to_owned()).collect();
            let lines: Vec<_> = kind
                .values()
                .map(|value| {
                    format!("- `{}`: {}", value.name(), self.comment(&kind.parent_file(), value.path()))
                })
                .collect();
            let text = format!("{}\n\n{}", self.comment(&kind.parent_file(), kind.path()), lines.join("\n"));
            self.known.insert(name.to_owned(), json!({"type": "string", "enum": names, "description": text}));
        }
        reference(name)
    }

    /// A field with its rules.
    pub(super) fn field(&mut self, field: &FieldDescriptor) -> Value {
        let rules = rules(field);
        if field.is_map() {
            let values = match field.kind() {
                Kind::Message(entry) => entry.map_entry_value_field(),
                _ => field.clone(),
            };
            return json!({"type": "object", "additionalProperties": value_schema(&values, None, self)});
        }
        if field.is_list() {
            let list = rules.as_ref().and_then(|rules| part(rules, "repeated"));
            let items = list.as_ref().and_then(|list| part(list, "items"));
            let mut schema = json!({"type": "array", "items": value_schema(field, items.as_ref(), self)});
            copy(list.as_ref(), &mut schema, &[("min_items", "minItems"), ("max_items", "maxItems")]);
            return schema;
        }
        value_schema(field, rules.as_ref(), self)
    }

    pub(super) fn finish(self) -> BTreeMap<String, Value> {
        self.known
    }
}

pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Whether a request without the field is refused.
pub(super) fn is_required(field: &FieldDescriptor) -> bool {
    let Some(rules) = rules(field) else { return false };
    let flag = rules.get_field_by_name("required").and_then(|value| value.as_bool()).unwrap_or(false);
    let min_len = part(&rules, "string").and_then(|rules| rules.get_field_by_name("min_len")?.as_u64());
    let in_oneof = field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic());
    !in_oneof && (flag || min_len.is_some_and(|length| length > 0))
}

fn value_schema(field: &FieldDescriptor, rules: Option<&DynamicMessage>, schemas: &mut Schemas) -> Value {
    const RANGE: [(&str, &str); 2] = [("gte", "minimum"), ("lte", "maximum")];
    let of = |name: &str| rules.and_then(|rules| part(rules, name));
    match field.kind() {
        Kind::String => {
            let mut schema = json!({"type": "string"});
            copy(
                of("string").as_ref(),
                &mut schema,
                &[("min_len", "minLength"), ("max_len", "maxLength"), ("pattern", "pattern")],
            );
            schema
        }
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Uint32 | Kind::Fixed32 => {
            let mut schema = json!({"type": "integer", "format": "int32"});
            copy(of("int32").as_ref(), &mut schema, &RANGE);
            schema
        }
        // JavaScript's numbers end at 2^53, so ProtoJSON writes these as text. Their bounds cannot be said of a text.
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 | Kind::Uint64 | Kind::Fixed64 => {
            json!({"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"})
        }
        Kind::Double | Kind::Float => {
            let mut schema = json!({"type": "number", "format": "double"});
            copy(of("double").as_ref(), &mut schema, &RANGE);
            schema
        }
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Bytes if is_embedded(field) => json!({"type": "object"}),
        Kind::Bytes => json!({"type": "string", "format": "byte"}),
        Kind::Enum(kind) => schemas.add_enum(&kind),
        Kind::Message(message) => match message.full_name() {
            "google.protobuf.Timestamp" => json!({"type": "string", "format": "date-time"}),
            "google.protobuf.Duration" => json!({"type": "string", "examples": ["1.5s"]}),
            "google.protobuf.FieldMask" => json!({"type": "string", "examples": ["name,visibility"]}),
            _ => schemas.add(&message),
        },
    }
}

/// Whether a field holds a message whose type another field decides.
fn is_embedded(field: &FieldDescriptor) -> bool {
    let extension = field.parent_pool().get_extension_by_name("syncwatch.common.v1.embedded");
    extension.is_some_and(|extension| field.options().get_extension(&extension).as_bool() == Some(true))
}

fn rules(field: &FieldDescriptor) -> Option<DynamicMessage> {
    let extension = field.parent_pool().get_extension_by_name("buf.validate.field")?;
    let options = field.options();
    options
        .has_extension(&extension)
        .then(|| options.get_extension(&extension).as_message().cloned())
        .flatten()
}

fn part(rules: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    rules.has_field_by_name(name).then(|| rules.get_field_by_name(name)?.as_message().cloned()).flatten()
}

/// Writes rules into a schema under the names that JSON Schema has for them.
fn copy(rules: Option<&DynamicMessage>, schema: &mut Value, names: &[(&str, &str)]) {
    let Some(rules) = rules else { return };
    for (rule, name) in names {
        if !rules.descriptor().get_field_by_name(rule).is_some_and(|field| rules.has_field(&field)) {
            continue;
        }
        let value = match rules.get_field_by_name(rule).as_deref() {
            Some(Field::U64(number)) => json!(number),
            Some(Field::I64(number)) => json!(number),
            Some(Field::I32(number)) => json!(number),
            Some(Field::F64(number)) => json!(number),
            Some(Field::String(text)) => json!(portable(text)),
            _ => continue,
        };
        schema[*name] = value;
    }
}

/// A pattern of RE2 as JavaScript, Python and others read it alike: code points as `\u202A` or as themselves, and control
/// characters by their ranges.
fn portable(pattern: &str) -> String {
    const CONTROLS: &str = r"\x00-\x1F\x7F-\x9F";
    let pattern = pattern.replace(r"\P{Cc}", &format!("[^{CONTROLS}]")).replace(r"\p{Cc}", CONTROLS);
    let mut parts = pattern.split(r"\x{");
    let mut portable = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').unwrap_or((part, ""));
        match u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) {
            Some(point) if u32::from(point) > 0xFFFF => portable.push(point),
            _ => portable.extend([r"\u", "0000".get(digits.len()..).unwrap_or_default(), digits]),
        }
        portable.push_str(rest);
    }
    portable
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn patterns_are_written_for_every_reader() {
        for (re2, expected) in [
            (r"^[^\p{Cc}\x{202A}-\x{202E}]*$", r"^[^\x00-\x1F\x7F-\x9F\u202A-\u202E]*$"),
            (r"^\P{Cc}*$", r"^[^\x00-\x1F\x7F-\x9F]*$"),
            (r"^[\x{0}-\x{9}\x{1F1E6}]\x00$", "^[\\u0000-\\u0009\u{1F1E6}]\\x00$"),
            ("^[0-9]{2}$", "^[0-9]{2}$"),
        ] {
            assert_eq!(portable(re2), expected);
        }
    }
}
