//! Copies fields between two messages by name, as a field mask says.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};

use crate::error::{Error, Result};

/// A message type of the contract by its full name.
pub(crate) type Type = LazyLock<MessageDescriptor>;

/// A message type of the contract.
#[expect(clippy::expect_used, reason = "the contract is part of this program, and the tests use every type")]
pub(crate) fn message_type(name: &str) -> MessageDescriptor {
    proto::POOL.get_message_by_name(name).expect("the contract has this message")
}

/// `to` with the fields that `paths` name as `from` has them. Without paths: with every field that `from` has set. A
/// path is the name of a field of both messages, or of a field inside one that is a message of ours: `policy.wait`.
pub(crate) fn copied<T: Message + Default>(
    to: (&Type, &T),
    from: (&Type, &impl Message),
    paths: &[String],
) -> Result<T> {
    let mut target = dynamic(to.0, to.1)?;
    let source = dynamic(from.0, from.1)?;
    if paths.is_empty() {
        for field in to.0.fields() {
            let given = source.descriptor_of(&field).filter(|given| source.has_field(given));
            if let Some(given) = given {
                target.set_field(&field, source.get_field(&given).into_owned());
            }
        }
    }
    for path in paths {
        copy(&mut target, &source, path)
            .ok_or_else(|| Error::MaskPath { path: path.chars().take(100).collect(), known: known(to.0) })?;
    }
    Ok(T::decode(target.encode_to_vec().as_slice())?)
}

fn dynamic(of: &Type, message: &impl Message) -> Result<DynamicMessage> {
    Ok(DynamicMessage::decode((**of).clone(), message.encode_to_vec().as_slice())?)
}

/// `None` when both messages do not have a field of this path.
fn copy(to: &mut DynamicMessage, from: &DynamicMessage, path: &str) -> Option<()> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = to.descriptor_of_name(name)?;
    let given = from.descriptor_of(&field)?;
    match rest {
        None if from.has_field(&given) => to.set_field(&field, from.get_field(&given).into_owned()),
        None => to.clear_field(&field),
        Some(rest) => {
            part_of_ours(&field)?;
            let given = from.get_field(&given);
            copy(to.get_field_mut(&field).as_message_mut()?, given.as_message()?, rest)?;
        }
    }
    Some(())
}

/// The type of a field that is a message of ours, and no list.
fn part_of_ours(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message) if !field.is_list() && message.full_name().starts_with("syncwatch.") => {
            Some(message)
        }
        _ => None,
    }
}

/// What a mask may name, for people.
fn known(of: &Type) -> String {
    let names = of.fields().flat_map(|field| {
        let whole = std::iter::once(field.name().to_owned());
        let parts = part_of_ours(&field).into_iter().flat_map(|part| part.fields().collect::<Vec<_>>());
        let parts: Vec<_> = parts.map(|part| format!("{}.{}", field.name(), part.name())).collect();
        whole.chain(parts)
    });
    names.collect::<Vec<_>>().join(", ")
}

trait Fields {
    fn descriptor_of_name(&self, name: &str) -> Option<FieldDescriptor>;

    /// The field of this message that has the name of a field of another one.
    fn descriptor_of(&self, other: &FieldDescriptor) -> Option<FieldDescriptor> {
        self.descriptor_of_name(other.name())
    }
}

impl Fields for DynamicMessage {
    fn descriptor_of_name(&self, name: &str) -> Option<FieldDescriptor> {
        prost_reflect::ReflectMessage::descriptor(self).get_field_by_name(name)
    }
}
