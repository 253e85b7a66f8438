//! People and their sessions.

use chrono::{DateTime, Utc};
use ids::{GuestId, RoomId, SubjectId, UserId};
use rpc::{ClaimedKind, Claims};
use uuid::Uuid;

/// A person who may have a session.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) id: SubjectId,
    pub(crate) kind: ClaimedKind,
    /// Name that others see.
    pub(crate) name: String,
    /// The only room that the person's tokens are valid for; none: they are valid for every room.
    pub(crate) room: Option<RoomId>,
}

impl Subject {
    pub(crate) fn user(id: UserId, username: &str) -> Self {
        Self { id: id.into(), kind: ClaimedKind::User, name: username.to_owned(), room: None }
    }

    pub(crate) fn guest(name: String, room: Option<RoomId>) -> Self {
        Self { id: GuestId::new().into(), kind: ClaimedKind::Guest, name, room }
    }
}

/// Id of one sign-in. It is random and has no public form: it appears in tokens only, and no request names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignInId(Uuid);

impl SignInId {
    fn random() -> Self {
        Self(uuid::Builder::from_random_bytes(rand::random()).into_uuid())
    }

    /// As the database and the tokens have it.
    pub(crate) fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for SignInId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

/// One sign-in of a person.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: SignInId,
    pub(crate) subject: Subject,
}

impl Session {
    /// A new session.
    pub(crate) fn new(subject: Subject) -> Self {
        Self { id: SignInId::random(), subject }
    }

    /// Claims of an access token of this session.
    pub(crate) fn claims(&self, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Claims {
        let seconds = |at: DateTime<Utc>| u64::try_from(at.timestamp()).unwrap_or_default();
        Claims {
            sub: self.subject.id.to_string(),
            kind: self.subject.kind,
            name: self.subject.name.clone(),
            room: self.subject.room.map(|room| room.to_string()),
            sid: self.id.uuid().to_string(),
            exp: seconds(expires_at),
            iat: seconds(now),
        }
    }
}
