//! Who signed in.

use chrono::{DateTime, Utc};
use ids::{GuestId, RoomId, UserId};
use rpc::Claims;
use uuid::Uuid;

/// Someone who may hold a session.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// `user_…` or `guest_…`.
    pub(crate) id: String,
    pub(crate) account: Option<UserId>,
    /// `user`, `guest` or `admin`, as tokens say it.
    pub(crate) kind: String,
    /// The name that others see.
    pub(crate) name: String,
    /// The room that their tokens are good for, where it is one.
    pub(crate) room: Option<String>,
}

impl Subject {
    pub(crate) fn user(id: UserId, username: &str) -> Self {
        Self {
            id: id.to_string(),
            account: Some(id),
            kind: "user".to_owned(),
            name: username.to_owned(),
            room: None,
        }
    }

    pub(crate) fn guest(name: String, room: Option<RoomId>) -> Self {
        let room = room.map(|room| room.to_string());
        Self { id: GuestId::new().to_string(), account: None, kind: "guest".to_owned(), name, room }
    }
}

/// One sign-in of someone.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) subject: Subject,
}

impl Session {
    /// A new one. Its id is random and not a typed id: it is never asked for by name, only found in tokens.
    pub(crate) fn new(subject: Subject) -> Self {
        Self { id: uuid::Builder::from_random_bytes(rand::random()).into_uuid(), subject }
    }

    /// What an access token of this session says.
    pub(crate) fn claims(&self, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Claims {
        let seconds = |at: DateTime<Utc>| u64::try_from(at.timestamp()).unwrap_or_default();
        Claims {
            sub: self.subject.id.clone(),
            kind: self.subject.kind.clone(),
            name: self.subject.name.clone(),
            room: self.subject.room.clone(),
            sid: self.id.to_string(),
            exp: seconds(expires_at),
            iat: seconds(now),
        }
    }
}
