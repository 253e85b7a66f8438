//! The contract that a gateway serves, as a value: descriptors, and what is worked out from them once. Which calls there
//! are, how their messages are translated and what can be observed is read from here and from nowhere else, so a gateway
//! serves whatever contract it is given.

mod endpoints;
mod resources;
mod room_ends;

use std::{collections::BTreeMap, fmt, sync::Arc};

use anyhow::Context as _;
use prost_reflect::{DescriptorPool, MethodDescriptor};
use proto::common::v1::Access;

pub(crate) use self::{
    endpoints::Endpoint,
    resources::{Effect, Resource},
    room_ends::RoomEnd,
};
use crate::json::{MessageType, Tables};

/// Events of rooms, whose fields carry options.
const ROOM_EVENT: &str = "syncwatch.room.v1.RoomEvent";

/// The contract that a gateway serves. Cheap to clone.
#[derive(Clone)]
pub struct Contract(Arc<Inner>);

struct Inner {
    pool: DescriptorPool,
    tables: Arc<Tables>,
    endpoints: Vec<Endpoint>,
    resources: BTreeMap<i32, Resource>,
    room_ends: Vec<RoomEnd>,
}

impl fmt::Debug for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contract").finish_non_exhaustive()
    }
}

impl Contract {
    /// Works out a contract. An annotation that this gateway does not understand is an error here.
    pub fn new(pool: DescriptorPool) -> anyhow::Result<Self> {
        let tables = Tables::new(&pool);
        let endpoints = endpoints::all(&pool)?;
        let resources = resources::all(&pool, &tables)?;
        let room_ends = room_ends::all(&pool)?;
        Ok(Self(Arc::new(Inner { pool, tables, endpoints, resources, room_ends })))
    }

    /// The contract of the product.
    pub fn product() -> anyhow::Result<Self> {
        Self::new(proto::POOL.clone())
    }

    pub(crate) fn pool(&self) -> &DescriptorPool {
        &self.0.pool
    }

    /// Every method and path of the HTTP API, in the order of the contract.
    pub(crate) fn endpoints(&self) -> &[Endpoint] {
        &self.0.endpoints
    }

    /// What a WebSocket can observe, by its number in `syncwatch.realtime.v1.Resource`.
    pub(crate) fn resources(&self) -> &BTreeMap<i32, Resource> {
        &self.0.resources
    }

    /// The room events that end a room.
    pub(crate) fn room_ends(&self) -> &[RoomEnd] {
        &self.0.room_ends
    }

    /// The message of this full name.
    pub(crate) fn message(&self, name: &str) -> anyhow::Result<MessageType> {
        message(&self.0.tables, name)
    }

    /// The method of this full name, such as `syncwatch.room.v1.RoomService/GetRoom`.
    pub(crate) fn method(&self, name: &str) -> anyhow::Result<MethodDescriptor> {
        method(&self.0.pool, name)
    }
}

fn message(tables: &Arc<Tables>, name: &str) -> anyhow::Result<MessageType> {
    tables.message(name).with_context(|| format!("the contract has no message {name}"))
}

fn method(pool: &DescriptorPool, name: &str) -> anyhow::Result<MethodDescriptor> {
    let found = name.split_once('/').and_then(|(service, method)| {
        pool.get_service_by_name(service)?.methods().find(|candidate| candidate.name() == method)
    });
    found.with_context(|| format!("the contract has no method {name}"))
}

/// Full name of a method, as gRPC paths write it behind their first slash.
pub(crate) fn name_of(rpc: &MethodDescriptor) -> String {
    format!("{}/{}", rpc.parent_service().full_name(), rpc.name())
}

/// Who may call a method.
pub(crate) fn access_of(rpc: &MethodDescriptor) -> Access {
    let extension = rpc.parent_pool().get_extension_by_name("syncwatch.common.v1.access");
    let number = extension.and_then(|extension| rpc.options().get_extension(&extension).as_enum_number());
    number.and_then(|number| Access::try_from(number).ok()).unwrap_or_default()
}
