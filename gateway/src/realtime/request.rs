//! A request of a socket, and what follows from it.

use std::sync::Arc;

use futures::future::BoxFuture;
use proto::realtime::v1::Closed;

use super::frames::Encoded;

/// Requests of one kind that a socket may have under way.
pub(crate) const MAX_UNDER_WAY: usize = 32;

/// A request of a socket.
pub(crate) type Request = BoxFuture<'static, Outcome>;

/// What follows from a request.
#[derive(Default)]
pub(crate) struct Outcome {
    /// For its socket.
    pub(crate) frames: Vec<Arc<Encoded>>,
    /// The person's access as it is now, as the update that tells it.
    pub(crate) access: Option<Arc<Encoded>>,
    /// Why the person has no access to the room any more.
    pub(crate) closed: Option<Closed>,
}

impl From<Encoded> for Outcome {
    fn from(frame: Encoded) -> Self {
        Self { frames: vec![Arc::new(frame)], ..Self::default() }
    }
}
