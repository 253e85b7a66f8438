//! The RPCs, a file for each gRPC service: parse, use case, reply.

mod commands;
mod delivery;
mod playback;
mod presence;
mod reactions;

use std::sync::Arc;

use ids::RoomId;
use tonic::{Response, Status};

use crate::{app::App, error::Error};

type Reply<T> = Result<Response<T>, Status>;

/// The server of all services of `syncwatch.sync.v1`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Grpc(pub(crate) Arc<App>);

fn room(id: &str) -> Result<RoomId, Error> {
    id.parse().map_err(|error: ids::ParseError| Error::Field { field: "room_id", what: error.to_string() })
}
