//! Ids of subjects: people with an account, and guests.

use std::{fmt, str::FromStr};

use crate::{GuestId, ParseError, UserId};

/// A person: someone with an account, or a guest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectId {
    /// Someone with an account.
    User(UserId),
    /// Someone without an account.
    Guest(GuestId),
}

impl SubjectId {
    /// The account of the person, where they have one.
    pub fn account(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Guest(_) => None,
        }
    }
}

impl From<UserId> for SubjectId {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

impl From<GuestId> for SubjectId {
    fn from(id: GuestId) -> Self {
        Self::Guest(id)
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Guest(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SubjectId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.parse::<UserId>()
            .map(Self::User)
            .or_else(|_| text.parse::<GuestId>().map(Self::Guest))
            .map_err(|_| ParseError::new(text, "user_…` or `guest"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RoomId;

    #[test]
    fn a_person_is_a_user_or_a_guest() {
        let (user, guest) = (UserId::new(), GuestId::new());
        assert_eq!(user.to_string().parse::<SubjectId>(), Ok(user.into()));
        assert_eq!(guest.to_string().parse::<SubjectId>(), Ok(guest.into()));
        assert_eq!((SubjectId::from(user).account(), SubjectId::from(guest).account()), (Some(user), None));
        let error = RoomId::new().to_string().parse::<SubjectId>().unwrap_err().to_string();
        assert!(error.ends_with("is not an id of the form `user_…` or `guest_…`"), "{error}");
    }
}
