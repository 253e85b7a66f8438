//! Case A8: a string of a request may reach SQL, and PostgreSQL takes no U+0000. So every string of a request has a
//! length limit, and the rule that it has no control characters, unless a pattern of its own decides about them. A string
//! without such a rule, or whose pattern lets U+0000 pass, fails the build.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use regex::Regex;

use crate::checks::{field_rules, set, submessage};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What clients send over a WebSocket; all other requests are the inputs of RPCs.
const FRAME: &str = "syncwatch.realtime.v1.ClientFrame";

/// Fails with every string of a request that has no rule.
pub(crate) fn require_rules(pool: &DescriptorPool) -> Result<()> {
    let mut faults = Vec::new();
    for message in request_messages(pool) {
        for field in message.fields() {
            if let Err(fault) = require_rule(&field) {
                faults.push(format!("{}: {fault}", field.full_name()));
            }
        }
    }
    faults.sort();
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { Ok(()) } else { Err("strings of requests without a proper rule (case A8)".into()) }
}

/// The requests of the contract and all messages inside them.
fn request_messages(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let mut queue: Vec<_> = methods.map(|method| method.input()).collect();
    queue.extend(pool.get_message_by_name(FRAME));
    let mut found = HashMap::new();
    while let Some(message) = queue.pop() {
        // The well-known types have no string that goes further than the check of a field mask.
        if !message.full_name().starts_with("syncwatch.") || found.contains_key(message.full_name()) {
            continue;
        }
        queue.extend(message.fields().filter(|field| !field.is_map()).filter_map(|field| kind_of(&field)));
        queue.extend(
            message.fields().filter_map(|field| kind_of(&map_entry(&field)?.map_entry_value_field())),
        );
        found.insert(message.full_name().to_owned(), message);
    }
    found.into_values().collect()
}

fn kind_of(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    field.kind().as_message().cloned()
}

fn map_entry(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    if field.is_map() { kind_of(field) } else { None }
}

fn require_rule(field: &FieldDescriptor) -> Result<()> {
    let rules = field_rules(field)?;
    let part = |name: &str| rules.as_ref().and_then(|rules| submessage(rules, name));
    if let Some(entry) = map_entry(field) {
        let map = part("map");
        for (name, field) in
            [("keys", entry.map_entry_key_field()), ("values", entry.map_entry_value_field())]
        {
            if matches!(field.kind(), Kind::String) {
                string_rule(map.as_ref().and_then(|map| submessage(map, name)).as_ref())?;
            }
        }
    } else if !matches!(field.kind(), Kind::String) {
    } else if field.is_list() {
        string_rule(part("repeated").and_then(|list| submessage(&list, "items")).as_ref())?;
    } else {
        string_rule(rules.as_ref())?;
    }
    Ok(())
}

fn string_rule(rules: Option<&DynamicMessage>) -> Result<()> {
    let rule =
        rules.and_then(|rules| submessage(rules, "string")).ok_or("a string of a request needs a rule")?;
    set(&rule, "max_len").ok_or("a string of a request needs a max_len")?;
    let pattern = set(&rule, "pattern").and_then(|value: Value| value.as_str().map(str::to_owned));
    if let Some(pattern) = pattern {
        let regex = Regex::new(&pattern)?;
        if ["\0", "a\0", "\0a", "aaaa\0aaaa"].iter().any(|text| regex.is_match(text)) {
            return Err("its pattern lets U+0000 pass, which PostgreSQL does not take".into());
        }
    }
    Ok(())
}
