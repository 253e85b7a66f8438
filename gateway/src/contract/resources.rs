//! What a WebSocket can observe: the option `resource` on each value of `syncwatch.realtime.v1.Resource`.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context as _, ensure};
use prost_reflect::{
    DescriptorPool, EnumValueDescriptor, FieldDescriptor, MessageDescriptor, MethodDescriptor,
};
use proto::{common::v1::ObservedResource, room::v1::Permission};

use super::{ROOM_EVENT, message, method};
use crate::json::{MessageType, Tables};

const ENUM: &str = "syncwatch.realtime.v1.Resource";
/// Bound of the numbers in the enum: a connection has one bit for each.
const MAX_NUMBER: i32 = 1023;

/// Something that a WebSocket can observe.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Its number in the enum.
    pub(crate) number: i32,
    /// Its name in the enum.
    pub(crate) name: String,
    /// The permission that an observer needs.
    pub(crate) permission: Option<Permission>,
    /// The RPC that gives its snapshot; none: it comes with the stream of a room.
    pub(crate) snapshot: Option<SnapshotRpc>,
    pub(crate) snapshot_type: Option<MessageType>,
    pub(crate) change_type: Option<MessageType>,
    /// Full names of the two types.
    type_names: Vec<String>,
    /// What room events mean to it, by the number of their field.
    pub(crate) effects: Vec<(u32, Effect)>,
}

impl Resource {
    /// Whether each observer reads the snapshot for themselves.
    pub(crate) fn is_personal(&self) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| snapshot.is_personal)
    }

    /// Whether its snapshot is the newest page of a log. After missed changes each client reads on from where it is.
    pub(crate) fn is_log(&self) -> bool {
        self.is_personal() && self.effects.iter().any(|(_, effect)| *effect == Effect::Change)
    }

    /// Full names of the messages that its updates embed.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &str> {
        self.type_names.iter().map(String::as_str)
    }
}

/// The RPC that gives a snapshot.
#[derive(Debug)]
pub(crate) struct SnapshotRpc {
    pub(crate) rpc: MethodDescriptor,
    /// The field of the request that takes the room's id.
    pub(crate) room_field: u32,
    /// The field of the response that is the snapshot; none: the whole response.
    pub(crate) field: Option<u32>,
    /// Read on behalf of each observer instead of once as a service.
    is_personal: bool,
}

/// What a room event means to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The snapshot is stale, for everyone.
    Stale,
    /// The snapshot of one person is stale: the path to their id, by field numbers.
    StaleFor(Vec<u32>),
    /// The content of the event is a change of the resource.
    Change,
}

/// The resources that a contract declares, by number.
pub(super) fn all(pool: &DescriptorPool, tables: &Arc<Tables>) -> anyhow::Result<BTreeMap<i32, Resource>> {
    let extension = pool
        .get_extension_by_name("syncwatch.common.v1.resource")
        .context("the contract lacks syncwatch.common.v1.resource")?;
    let declared = pool.get_enum_by_name(ENUM).with_context(|| format!("the contract has no enum {ENUM}"))?;
    let mut all = BTreeMap::new();
    for value in declared.values() {
        let options = value.options();
        if !options.has_extension(&extension) {
            continue;
        }
        let declaration = options
            .get_extension(&extension)
            .as_message()
            .context("the option is no message")
            .and_then(|option| Ok(option.transcode_to::<ObservedResource>()?))
            .and_then(|option| resource(pool, tables, &value, &option))
            .with_context(|| format!("the option (syncwatch.common.v1.resource) of {}", value.name()))?;
        all.insert(value.number(), declaration);
    }
    Ok(all)
}

fn resource(
    pool: &DescriptorPool,
    tables: &Arc<Tables>,
    value: &EnumValueDescriptor,
    option: &ObservedResource,
) -> anyhow::Result<Resource> {
    ensure!((1..=MAX_NUMBER).contains(&value.number()), "its number is not between 1 and {MAX_NUMBER}");
    let snapshot = (!option.snapshot.is_empty()).then(|| snapshot(pool, option)).transpose()?;
    let permission = match option.permission.as_str() {
        "" => None,
        name => {
            Some(Permission::from_str_name(name).with_context(|| format!("permission: {name} is unknown"))?)
        }
    };
    let snapshot_type = match &snapshot {
        Some((_, Some(field))) => type_of(field),
        Some((rpc, None)) => rpc.rpc.output().full_name().to_owned(),
        None => option.snapshot_type.clone(),
    };
    let mut change_type = option.change_type.clone();
    let mut effects = Vec::new();
    for name in &option.stale_after {
        effects.push((event(pool, name)?.number(), Effect::Stale));
    }
    for path in &option.stale_for {
        ensure!(option.personal, "stale_for is for personal resources");
        let (name, path) = path.split_once('.').unwrap_or((path, ""));
        let event = event(pool, name)?;
        effects.push((event.number(), Effect::StaleFor(numbers(&event, path)?)));
    }
    if !option.change.is_empty() {
        let event = event(pool, &option.change)?;
        change_type = type_of(&event);
        effects.push((event.number(), Effect::Change));
    }
    let named = |name: &String| (!name.is_empty()).then(|| message(tables, name)).transpose();
    Ok(Resource {
        number: value.number(),
        name: value.name().to_owned(),
        permission,
        snapshot: snapshot.map(|(rpc, _)| rpc),
        snapshot_type: named(&snapshot_type)?,
        change_type: named(&change_type)?,
        type_names: [snapshot_type, change_type].into_iter().filter(|name| !name.is_empty()).collect(),
        effects,
    })
}

fn snapshot(
    pool: &DescriptorPool,
    option: &ObservedResource,
) -> anyhow::Result<(SnapshotRpc, Option<FieldDescriptor>)> {
    let rpc = method(pool, &option.snapshot)?;
    ensure!(!rpc.is_client_streaming() && !rpc.is_server_streaming(), "{} is not unary", option.snapshot);
    let room = ["room", "room_id"].into_iter().find_map(|name| rpc.input().get_field_by_name(name));
    let room_field = room.with_context(|| format!("{} names no room", option.snapshot))?.number();
    let field = match option.snapshot_field.as_str() {
        "" => None,
        name => Some(field_of(&rpc.output(), name)?),
    };
    let number = field.as_ref().map(FieldDescriptor::number);
    Ok((SnapshotRpc { rpc, room_field, field: number, is_personal: option.personal }, field))
}

/// A field of the room events' oneof.
fn event(pool: &DescriptorPool, name: &str) -> anyhow::Result<FieldDescriptor> {
    let events = pool
        .get_message_by_name(ROOM_EVENT)
        .with_context(|| format!("the contract has no message {ROOM_EVENT}"))?;
    let field = field_of(&events, name)?;
    ensure!(field.containing_oneof().is_some(), "{name} is no room event");
    Ok(field)
}

/// A path within an event by field numbers. It ends at a string.
fn numbers(event: &FieldDescriptor, path: &str) -> anyhow::Result<Vec<u32>> {
    let mut field = event.clone();
    let mut numbers = Vec::new();
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let kind = field.kind();
        let inner = kind.as_message().with_context(|| format!("{} is no message", field.full_name()))?;
        field = field_of(inner, name)?;
        numbers.push(field.number());
    }
    ensure!(matches!(field.kind(), prost_reflect::Kind::String), "{} is no string", field.full_name());
    Ok(numbers)
}

fn field_of(message: &MessageDescriptor, name: &str) -> anyhow::Result<FieldDescriptor> {
    message.get_field_by_name(name).with_context(|| format!("{} has no field {name}", message.full_name()))
}

/// Full name of a field's message; empty for other fields, which no table has.
fn type_of(field: &FieldDescriptor) -> String {
    field.kind().as_message().map(|message| message.full_name().to_owned()).unwrap_or_default()
}
