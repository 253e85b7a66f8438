//! Turns the `buf.validate` options of the contract into Rust: one `impl Checked` for each message, a line for each
//! rule. Made here because the published generators do not descend into oneofs, where commands and frames carry
//! their payload; a rule that this file does not know fails the build instead of being skipped.

use std::fmt::Write as _;

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor,
    ReflectMessage as _, Value,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The rules that become code here, by the message that holds them.
const KNOWN: [(&str, &[&str]); 9] = [
    ("FieldRules", &["required", "double", "int32", "int64", "string", "enum", "repeated", "map"]),
    ("OneofRules", &["required"]),
    ("DoubleRules", &["lte", "gte", "finite"]),
    ("Int32Rules", &["lte", "gte"]),
    ("Int64Rules", &["lte", "gte"]),
    ("StringRules", &["min_len", "max_len", "pattern"]),
    ("EnumRules", &["defined_only", "not_in"]),
    ("RepeatedRules", &["min_items", "max_items", "items"]),
    ("MapRules", &["min_pairs", "max_pairs", "keys", "values"]),
];

/// Fails when a rule is set that would not become code, however deep it stands.
fn require_known(rules: &DynamicMessage, place: &str) -> Result<()> {
    let descriptor = rules.descriptor();
    let known = KNOWN.iter().find(|(name, _)| *name == descriptor.name()).map_or(&[][..], |(_, known)| known);
    let extensions = rules.extensions().map(|(extension, _)| extension.full_name().to_owned());
    let fields = rules.fields().map(|(field, _)| field.name().to_owned());
    if let Some(unknown) = fields.filter(|name| !known.contains(&name.as_str())).chain(extensions).next() {
        let rule = format!("{}.{unknown}", descriptor.name());
        return Err(format!("{place}: the rule {rule} is not known to proto/build/checks.rs").into());
    }
    rules
        .fields()
        .filter_map(|(_, value)| value.as_message())
        .try_for_each(|inner| require_known(inner, place))
}

/// Rust source with `impl Checked` for every message of the contract.
pub(crate) fn generate(pool: &DescriptorPool) -> Result<String> {
    let mut code = String::new();
    for message in
        pool.all_messages().filter(|m| m.full_name().starts_with("syncwatch.") && !m.is_map_entry())
    {
        // None is known: the rules of a whole message are CEL expressions, which nothing here evaluates.
        options(&message.options(), pool, "buf.validate.message", message.full_name())?;
        let mut body = String::new();
        for field in message.fields().filter(|f| f.containing_oneof().is_none_or(|o| o.is_synthetic())) {
            plain_field(&mut body, &field)?;
        }
        for oneof in message.oneofs().filter(|o| !o.is_synthetic()) {
            real_oneof(&mut body, &message, &oneof)?;
        }
        writeln!(
            code,
            "impl Checked for {} {{\n#[allow(unused_variables)]\nfn check_into(&self, at: At<'_>, out: &mut Violations) {{\n{body}}}\n}}",
            rust_path(&message)
        )?;
    }
    Ok(code)
}

fn plain_field(body: &mut String, field: &FieldDescriptor) -> Result<()> {
    let name = field.name();
    let rules = field_rules(field)?;
    if field.is_list() {
        let (list, items) = match rules.as_ref().and_then(|r| submessage(r, "repeated")) {
            Some(list) => (number_bounds(&list, "min_items", "max_items"), submessage(&list, "items")),
            None => ("None, None".to_owned(), None),
        };
        writeln!(body, "rules::count(self.{name}.len(), {list}, at.field({name:?}), out);")?;
        let mut element = String::new();
        value_checks(&mut element, field, items.as_ref(), "item", "here")?;
        if !element.is_empty() {
            writeln!(
                body,
                "for (index, item) in self.{name}.iter().enumerate() {{ let here = at.element({name:?}, index); {element} }}"
            )?;
        }
    } else if field.is_map() {
        map_field(body, field, rules.as_ref())?;
    } else if field.supports_presence() {
        if rules.as_ref().is_some_and(|r| flag(r, "required")) {
            writeln!(body, "rules::required(self.{name}.is_some(), at.field({name:?}), out);")?;
        }
        let mut inner = String::new();
        value_checks(&mut inner, field, rules.as_ref(), "value", "here")?;
        if !inner.is_empty() {
            writeln!(body, "if let Some(value) = &self.{name} {{ let here = at.field({name:?}); {inner} }}")?;
        }
    } else {
        value_checks(body, field, rules.as_ref(), &format!("&self.{name}"), &format!("at.field({name:?})"))?;
    }
    Ok(())
}

fn map_field(body: &mut String, field: &FieldDescriptor, rules: Option<&DynamicMessage>) -> Result<()> {
    let name = field.name();
    let (Some(rules), Kind::Message(entry)) = (rules, field.kind()) else { return Ok(()) };
    let rules =
        submessage(rules, "map").ok_or_else(|| format!("{}: a map has map rules", field.full_name()))?;
    writeln!(
        body,
        "rules::count(self.{name}.len(), {}, at.field({name:?}), out);",
        number_bounds(&rules, "min_pairs", "max_pairs")
    )?;
    let (mut key, mut value) = (String::new(), String::new());
    value_checks(&mut key, &entry.map_entry_key_field(), submessage(&rules, "keys").as_ref(), "key", "here")?;
    let values = submessage(&rules, "values");
    value_checks(&mut value, &entry.map_entry_value_field(), values.as_ref(), "value", "here")?;
    writeln!(body, "for (key, value) in &self.{name} {{ let here = at.field({name:?}); {key} {value} }}")?;
    Ok(())
}

fn real_oneof(body: &mut String, message: &MessageDescriptor, oneof: &OneofDescriptor) -> Result<()> {
    let name = oneof.name();
    let required = options(&oneof.options(), message.parent_pool(), "buf.validate.oneof", oneof.full_name())?
        .is_some_and(|r| flag(&r, "required"));
    if required {
        writeln!(body, "rules::required(self.{name}.is_some(), at.field({name:?}), out);")?;
    }
    let module = format!("{}::{}", package_path(message), snake(message.name()));
    let mut arms = String::new();
    for field in oneof.fields() {
        let rules = field_rules(&field)?;
        let mut inner = String::new();
        value_checks(&mut inner, &field, rules.as_ref(), "value", "here")?;
        if !inner.is_empty() {
            writeln!(
                arms,
                "Some({module}::{}::{}(value)) => {{ let here = at.field({:?}); {inner} }}",
                camel(name),
                camel(field.name()),
                field.name()
            )?;
        }
    }
    if !arms.is_empty() {
        writeln!(body, "match &self.{name} {{ {arms} _ => {{}} }}")?;
    }
    Ok(())
}

/// The checks of one value: `value` is a reference to it, `here` its path.
fn value_checks(
    body: &mut String,
    field: &FieldDescriptor,
    rules: Option<&DynamicMessage>,
    value: &str,
    here: &str,
) -> Result<()> {
    if let Kind::Message(inner) = field.kind() {
        if inner.full_name().starts_with("syncwatch.") {
            writeln!(body, "({value}).check_into({here}, out);")?;
        }
        return Ok(());
    }
    let Some(rules) = rules else { return Ok(()) };
    let unknown = || format!("{}: this rule is not known to proto/build/checks.rs", field.full_name());
    match field.kind() {
        Kind::String => {
            let rule = submessage(rules, "string").ok_or_else(unknown)?;
            writeln!(
                body,
                "rules::length(({value}).chars().count(), {}, {here}, out);",
                number_bounds(&rule, "min_len", "max_len")
            )?;
            if let Some(pattern) = set(&rule, "pattern").and_then(|v| v.as_str().map(str::to_owned)) {
                writeln!(
                    body,
                    "{{ static PATTERN: rules::Pattern = rules::pattern!({pattern:?}); rules::matches(({value}), &PATTERN, {here}, out); }}"
                )?;
            } else {
                writeln!(body, "rules::no_control_characters(({value}), {here}, out);")?;
            }
        }
        Kind::Int32 => ranges(body, rules, "int32", value, here).ok_or_else(unknown)??,
        Kind::Int64 => ranges(body, rules, "int64", value, here).ok_or_else(unknown)??,
        Kind::Double => ranges(body, rules, "double", value, here).ok_or_else(unknown)??,
        Kind::Enum(kind) => {
            let rule = submessage(rules, "enum").ok_or_else(unknown)?;
            let excluded =
                set(&rule, "not_in").and_then(|v| v.as_list().map(<[Value]>::to_vec)).unwrap_or_default();
            let excluded: Vec<i32> = excluded.iter().filter_map(Value::as_i32).collect();
            let known: Vec<i32> =
                kind.values().map(|v| v.number()).filter(|n| !excluded.contains(n)).collect();
            writeln!(body, "rules::one_of(*({value}), &{known:?}, {here}, out);")?;
        }
        _ => return Err(unknown().into()),
    }
    Ok(())
}

fn ranges(
    body: &mut String,
    rules: &DynamicMessage,
    kind: &str,
    value: &str,
    here: &str,
) -> Option<Result<()>> {
    let rule = submessage(rules, kind)?;
    let bound = |name| match set(&rule, name) {
        Some(Value::F64(number)) => format!("{number:?}"),
        Some(Value::I32(number)) => format!("{number}.0"),
        Some(Value::I64(number)) => format!("{number}.0"),
        _ => String::new(),
    };
    let (low, high) = (bound("gte"), bound("lte"));
    let low = if low.is_empty() { "f64::NEG_INFINITY".to_owned() } else { low };
    let high = if high.is_empty() { "f64::INFINITY".to_owned() } else { high };
    Some(writeln!(body, "rules::range(*({value}) as f64, {low}..={high}, {here}, out);").map_err(Into::into))
}

/// The rules of a field. Fails when one of them is not known.
pub(crate) fn field_rules(field: &FieldDescriptor) -> Result<Option<DynamicMessage>> {
    options(&field.options(), field.parent_pool(), "buf.validate.field", field.full_name())
}

/// The rules that an option of `place` holds.
fn options(
    options: &DynamicMessage,
    pool: &DescriptorPool,
    extension: &str,
    place: &str,
) -> Result<Option<DynamicMessage>> {
    let Some(extension) = pool.get_extension_by_name(extension).filter(|e| options.has_extension(e)) else {
        return Ok(None);
    };
    let rules = options.get_extension(&extension).as_message().cloned();
    rules.iter().try_for_each(|rules| require_known(rules, place))?;
    Ok(rules)
}

pub(crate) fn set(rules: &DynamicMessage, name: &str) -> Option<Value> {
    rules
        .has_field_by_name(name)
        .then(|| rules.get_field_by_name(name).map(std::borrow::Cow::into_owned))
        .flatten()
}

pub(crate) fn submessage(rules: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    set(rules, name).and_then(|v| v.as_message().cloned())
}

fn flag(rules: &DynamicMessage, name: &str) -> bool {
    set(rules, name).and_then(|v| v.as_bool()).unwrap_or(false)
}

fn number_bounds(rule: &DynamicMessage, low: &str, high: &str) -> String {
    format!("{:?}, {:?}", set(rule, low).and_then(|v| v.as_u64()), set(rule, high).and_then(|v| v.as_u64()))
}

fn package_path(message: &MessageDescriptor) -> String {
    format!("crate::{}", message.package_name().trim_start_matches("syncwatch.").replace('.', "::"))
}

fn rust_path(message: &MessageDescriptor) -> String {
    format!("{}::{}", package_path(message), message.name())
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn camel(name: &str) -> String {
    name.split('_')
        .filter_map(|part| part.split_at_checked(1))
        .map(|(head, tail)| head.to_uppercase() + tail)
        .collect()
}
