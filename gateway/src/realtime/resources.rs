//! What sockets observe, as the contract declares it: reads snapshots, finds out what a room event means, and makes
//! frames of both. Nothing here knows a resource by its name.

use std::{collections::HashMap, sync::Arc};

use proto::realtime::v1::{Closed, ResourceUpdate, server_frame::Kind};
use rpc::Context;
use tonic::Status;

use super::{
    frames::{Encoded, answer_with},
    local::Local,
};
use crate::{
    api::{Channels, Method},
    contract::{Contract, Effect, Resource},
    limits::Limits,
    wire,
};

/// The part of a resource that an update carries, as an encoded message.
#[derive(Debug)]
pub(crate) enum Part {
    Snapshot(Vec<u8>),
    Change(Vec<u8>),
}

/// What a room event means to a resource.
#[derive(Debug)]
pub(crate) enum Meaning {
    /// Its snapshot is stale: for one person, or for everyone.
    Stale { subject_id: Option<String> },
    /// It changed: the update.
    Changed(Encoded),
}

/// The resources of a contract, and the RPCs that give their snapshots.
pub(crate) struct Resources {
    contract: Contract,
    snapshots: HashMap<i32, Method>,
}

impl Resources {
    pub(crate) fn new(
        contract: &Contract,
        channels: &Channels,
        limits: &Limits,
    ) -> anyhow::Result<Arc<Self>> {
        let mut snapshots = HashMap::new();
        for (number, resource) in contract.resources() {
            if let Some(snapshot) = &resource.snapshot {
                snapshots.insert(*number, Method::new(&snapshot.rpc, contract, channels, limits)?);
            }
        }
        Ok(Arc::new(Self { contract: contract.clone(), snapshots }))
    }

    pub(crate) fn get(&self, number: i32) -> Option<&Resource> {
        self.contract.resources().get(&number)
    }

    /// The number above every resource's.
    pub(crate) fn bound(&self) -> usize {
        let last = self.contract.resources().keys().next_back().copied().unwrap_or_default();
        usize::try_from(last).map_or(1, |last| last + 1)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Resource> {
        self.contract.resources().values()
    }

    /// An update of a resource that is not read by an RPC; none when the contract does not declare it.
    pub(crate) fn update(&self, number: i32, part: Part) -> Option<Encoded> {
        Some(update(self.get(number)?, part))
    }

    /// Reads the snapshot of a resource of a room, on behalf of a person or as a service.
    pub(crate) async fn read(
        &self,
        number: i32,
        room_id: &str,
        reader: Option<&Local>,
    ) -> Result<Encoded, Status> {
        let missing = || Status::internal("a resource without a snapshot was read");
        let resource = self.get(number).ok_or_else(missing)?;
        let snapshot = resource.snapshot.as_ref().ok_or_else(missing)?;
        let method = self.snapshots.get(&number).ok_or_else(missing)?;
        let context = reader.map_or_else(Context::background, Local::context);
        let (metadata, _, ()) = context.request(()).into_parts();
        let request = wire::message_of(snapshot.room_field, room_id);
        let reply = method.call(&request, metadata.into_headers()).await?;
        let state = match snapshot.field {
            None => &reply[..],
            Some(field) => {
                wire::field(&reply, field).ok_or_else(|| Status::internal("the response has no snapshot"))?
            }
        };
        Ok(update(resource, Part::Snapshot(state.to_vec())))
    }

    /// Effects of an encoded room event on resources, by the number of the resource.
    pub(crate) fn meanings(&self, event: &[u8]) -> Vec<(&Resource, Meaning)> {
        let mut all = Vec::new();
        for resource in self.all() {
            for (number, effect) in &resource.effects {
                let Some(content) = wire::field(event, *number) else { continue };
                let meaning = match effect {
                    Effect::Stale => Meaning::Stale { subject_id: None },
                    Effect::StaleFor(path) => Meaning::Stale { subject_id: Some(text_at(content, path)) },
                    Effect::Change => Meaning::Changed(update(resource, Part::Change(content.to_vec()))),
                };
                all.push((resource, meaning));
            }
        }
        all
    }

    /// The notice for everyone in the room, if this encoded room event ends it.
    pub(crate) fn end(&self, event: &[u8]) -> Option<Closed> {
        let end = self.contract.room_ends().iter().find(|end| wire::field(event, end.number).is_some())?;
        Some(Closed { reason: end.reason.clone(), message: end.message.clone(), ..Closed::default() })
    }
}

/// The string at the end of a path; empty when it is not there.
fn text_at(content: &[u8], path: &[u32]) -> String {
    let found = path.iter().try_fold(content, |content, number| wire::field(content, *number));
    String::from_utf8_lossy(found.unwrap_or_default()).into_owned()
}

fn update(resource: &Resource, part: Part) -> Encoded {
    let (snapshot, change, embedded) = match part {
        Part::Snapshot(state) => (Some(state), None, &resource.snapshot_type),
        Part::Change(change) => (None, Some(change), &resource.change_type),
    };
    let update = ResourceUpdate { resource: resource.number, snapshot, change };
    answer_with("", Kind::Resource(update), embedded.clone())
}
