//! Calls of the services behind the gateway, with encoded messages: the contract knows the shapes. HTTP calls and the
//! `call` frames of a WebSocket go through the same methods.

mod unary;

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::Arc,
};

use anyhow::Context as _;
use bytes::Bytes;
use http::{HeaderMap, uri::PathAndQuery};
use prost_reflect::MethodDescriptor;
use rpc::{Error, RpcChannel, ServiceToken};
use tonic::Status;

pub(crate) use self::unary::{TIMEOUT, is_serving};
use crate::{
    contract::{Contract, name_of},
    json::{MessageType, Reader},
    limits::{Limits, Rules},
    wire,
};

/// Channels to the services, for calls that the gateway makes as a service.
pub(crate) struct Channels(BTreeMap<&'static str, RpcChannel>);

impl Channels {
    pub(crate) fn new(services: &BTreeMap<&'static str, RpcChannel>, token: &ServiceToken) -> Self {
        Self(services.iter().map(|(package, channel)| (*package, channel.as_service(token))).collect())
    }

    /// The channel to the service that serves a package.
    pub(crate) fn to(&self, package: &str) -> anyhow::Result<RpcChannel> {
        self.0.get(package).cloned().with_context(|| format!("no channel leads to {package}"))
    }
}

/// A unary RPC with everything that its calls need worked out.
pub(crate) struct Method {
    channel: RpcChannel,
    path: PathAndQuery,
    /// The service, as an index: calls of one service keep their order.
    pub(crate) service: usize,
    pub(crate) input: MessageType,
    pub(crate) output: MessageType,
    pub(crate) rules: Rules,
    /// The field of the request that names a room.
    room_field: Option<u32>,
}

impl Method {
    pub(crate) fn new(
        rpc: &MethodDescriptor,
        contract: &Contract,
        channels: &Channels,
        limits: &Limits,
    ) -> anyhow::Result<Self> {
        let service = rpc.parent_service();
        Ok(Self {
            channel: channels.to(service.package_name())?,
            path: format!("/{}", name_of(rpc)).parse()?,
            service: service.index(),
            input: contract.message(rpc.input().full_name())?,
            output: contract.message(rpc.output().full_name())?,
            rules: limits.rules(rpc)?,
            room_field: rpc.input().get_field_by_name("room").map(|field| field.number()),
        })
    }

    /// Calls with an encoded request. `metadata` says for whom the call is, where they are, and in which trace.
    pub(crate) async fn call(&self, request: &[u8], metadata: HeaderMap) -> Result<Bytes, Status> {
        unary::call(&self.channel, self.path.clone(), request, metadata).await
    }

    /// The encoded request that a JSON object means; an empty text: a request without fields.
    pub(crate) fn read(&self, body: &[u8]) -> Result<Vec<u8>, Error> {
        let mut reader = Reader::new(&self.input);
        if !body.is_empty() {
            reader.json(body)?;
        }
        Ok(reader.finish())
    }

    /// The room that an encoded request names; empty when it names none.
    pub(crate) fn room_of<'a>(&self, request: &'a [u8]) -> &'a str {
        let room = self.room_field.and_then(|number| wire::field(request, number));
        room.and_then(|room| std::str::from_utf8(room).ok()).unwrap_or_default()
    }
}

/// The methods that clients may call: those with an HTTP binding.
pub(crate) struct Api(HashMap<String, Arc<Method>>);

impl Api {
    pub(crate) fn new(contract: &Contract, channels: &Channels, limits: &Limits) -> anyhow::Result<Self> {
        let mut methods = HashMap::new();
        for endpoint in contract.endpoints() {
            let name = name_of(&endpoint.rpc);
            if let Entry::Vacant(vacant) = methods.entry(name) {
                vacant.insert(Arc::new(Method::new(&endpoint.rpc, contract, channels, limits)?));
            }
        }
        Ok(Self(methods))
    }

    /// The method of this full name.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Method>> {
        self.0.get(name)
    }
}
