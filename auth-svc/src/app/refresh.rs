//! Exchanges a refresh token for new tokens, once.

use super::{App, SignedIn};
use crate::{
    domain::SecretToken,
    error::Error,
    store::{refresh_tokens, sessions},
};

impl App {
    /// A token that comes back after its use may be stolen, so its session ends. That also hits a client that
    /// lost the answer and retries: it has to sign in again. Otherwise a thief could stay signed in.
    pub(crate) async fn refresh(&self, token: &str) -> Result<SignedIn, Error> {
        let hash = SecretToken::hash_of(token);
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let held = refresh_tokens::lock(&mut tx, &hash).await?.ok_or(Error::RefreshInvalid)?;
        if held.revoked || held.expires_at <= now {
            return Err(Error::RefreshInvalid);
        }
        if held.used {
            sessions::revoke(&mut tx, held.session.id, now).await?;
            tx.commit().await?;
            metrics::counter!("syncwatch_auth_refresh_reuse_total").increment(1);
            tracing::warn!(subject = %held.session.subject.id, session = %held.session.id.uuid(), "a refresh token was used twice; its session was ended");
            return Err(Error::RefreshReused);
        }
        refresh_tokens::mark_used(&mut tx, &hash, now).await?;
        sessions::extend(&mut tx, held.session.id, now + self.lifetimes.refresh).await?;
        let signed_in = self.give_tokens(&mut tx, &held.session, now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }
}
