//! The RPCs, a file for each gRPC service: parse, use case, reply.

mod chat;
mod events;
mod members;
mod playlist;
mod rooms;

use std::sync::Arc;

use ids::ItemId;
use tonic::{Response, Status};

use crate::{app::App, error::Error};

/// The server of all services of `syncwatch.room.v1`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Grpc(pub(crate) Arc<App>);

type Reply<T> = Result<Response<T>, Status>;

#[expect(clippy::unnecessary_wraps, reason = "each handler ends with it, and handlers return results")]
fn reply<T>(message: T) -> Reply<T> {
    Ok(Response::new(message))
}

/// An id that is none names no item.
fn item(text: &str) -> Result<ItemId, Error> {
    text.parse().map_err(|_| Error::ItemNotFound(text.to_owned()))
}
