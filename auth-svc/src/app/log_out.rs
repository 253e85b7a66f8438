//! Ends a session.

use super::App;
use crate::{domain::SecretToken, error::Error, store::sessions};

impl App {
    /// Ends the session of a refresh token. Idempotent, and does nothing for an unknown token.
    pub(crate) async fn log_out(&self, token: &str) -> Result<(), Error> {
        Ok(sessions::revoke_by_token(&self.pool, &SecretToken::hash_of(token), self.clock.now()).await?)
    }
}
