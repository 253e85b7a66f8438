//! Returns the caller's identity and account.

use ids::UserId;
use rpc::{Identity, SubjectKind};

use super::App;
use crate::{
    error::Error,
    store::accounts::{self, Profile},
};

/// Identity and account of a person.
pub(crate) struct Me {
    pub(crate) identity: Identity,
    /// None for guests.
    pub(crate) profile: Option<Profile>,
}

impl App {
    /// The identity of the token, with the profile of the account where there is one.
    pub(crate) async fn get_me(&self, identity: &Identity) -> Result<Me, Error> {
        let identity = identity.clone();
        if identity.kind() == SubjectKind::Guest {
            return Ok(Me { identity, profile: None });
        }
        let id: UserId = identity.subject_id.parse().map_err(|_| Error::AccountGone)?;
        let profile = accounts::profile(&self.pool, id).await?.ok_or(Error::AccountGone)?;
        Ok(Me { identity, profile: Some(profile) })
    }
}
