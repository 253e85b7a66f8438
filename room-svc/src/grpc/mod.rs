//! The RPCs, a file for each gRPC service: parse, use case, reply.

mod chat;
mod events;
mod folders;
mod history;
mod invites;
mod live;
mod log;
mod members;
mod moderation;
mod my_rooms;
mod permissions;
mod playlist;
mod rooms;
mod saved_queues;
mod tracks;
mod votes;

use std::{net::IpAddr, sync::Arc};

use ids::{FolderId, ItemId, RoomId, SubjectId};
use rpc::Context;
use tonic::{Request, Response, Status};

use crate::{app::App, domain::Caller, error::Error};

/// The server of all services of `syncwatch.room.v1`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Grpc(pub(crate) Arc<App>);

type Reply<T> = Result<Response<T>, Status>;

#[expect(clippy::unnecessary_wraps, reason = "each handler ends with it, and handlers return results")]
fn reply<T>(message: T) -> Reply<T> {
    Ok(Response::new(message))
}

/// The person for whom the call is made.
fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    Ok(Caller::try_from(Context::of(request).identity()?.clone())?)
}

/// The person for whom the call is made, if there is one.
fn anyone<T>(request: &Request<T>) -> Result<Option<Caller>, Error> {
    Context::of(request).identity.clone().map(Caller::try_from).transpose()
}

/// An invalid id names no item.
fn item(text: &str) -> Result<ItemId, Error> {
    text.parse().map_err(|_| Error::ItemNotFound(text.to_owned()))
}

/// An invalid id names no room.
fn room(text: &str) -> Result<RoomId, Error> {
    text.parse().map_err(|_| Error::RoomNotFound(text.to_owned()))
}

/// A person whom a field names.
fn person(text: &str, field: &'static str) -> Result<SubjectId, Error> {
    text.parse()
        .map_err(|_| Error::Field { field, what: "must be an id of the form `user_…` or `guest_…`" })
}

/// A folder; empty: none. An invalid id names no folder.
fn folder(text: &str) -> Result<Option<FolderId>, Error> {
    let folder = Some(text).filter(|text| !text.is_empty()).map(str::parse).transpose();
    folder.map_err(|_| Error::FolderNotFound(text.to_owned()))
}

/// The network from which a person calls.
fn network<T>(request: &Request<T>) -> Option<IpAddr> {
    Context::of(request).network()
}
