//! What a hub puts into its ring, and which sockets it is for.

use std::sync::Arc;

use proto::realtime::v1::{Closed, Notice, notice, server_frame};

use super::{
    frames::{Encoded, unasked},
    mirror::Position,
};

/// The sockets that an entry is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Observers of the playback that are not at this position yet.
    Playback(Position),
    /// Every socket; it is at this position afterwards.
    Resync(Position),
    /// Observers of a resource.
    Observers(i32),
    /// Observers of the members. The sockets of sessions in `gone` have to join again.
    Members { gone: Vec<String> },
    /// Observers of the chat, except the session that types.
    Typing { session_id: String },
    /// The socket of one session.
    Session(String),
    /// The sockets that have to read their own snapshot of a resource again: those of one person, or all.
    Stale { resource: i32, subject_id: Option<String> },
    /// Every socket, for the last time.
    Closed,
}

/// One thing that happened.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) audience: Audience,
    /// None where the sockets themselves know what to do.
    pub(crate) frame: Option<Arc<Encoded>>,
}

impl Entry {
    pub(crate) fn new(audience: Audience, kind: server_frame::Kind) -> Self {
        Self { audience, frame: Some(Arc::new(unasked(kind))) }
    }
}

/// The notice that ends a conversation.
pub(crate) fn closed(closed: Closed) -> server_frame::Kind {
    server_frame::Kind::Notice(Notice { kind: Some(notice::Kind::Closed(closed)) })
}
