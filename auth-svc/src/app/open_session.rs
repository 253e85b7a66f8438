//! Opens a session for an authenticated person.

use chrono::{DateTime, Utc};
use rpc::Identity;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{SecretToken, Session, Subject},
    error::Error,
    store::{refresh_tokens, sessions},
};

/// Tokens and identity of a signed-in person.
pub(crate) struct SignedIn {
    pub(crate) access_token: String,
    pub(crate) access_expires_at: DateTime<Utc>,
    pub(crate) refresh_token: String,
    pub(crate) identity: Identity,
}

impl App {
    /// Opens a session.
    pub(super) async fn open_session(
        &self,
        db: &mut PgConnection,
        subject: Subject,
    ) -> Result<SignedIn, Error> {
        let session = Session::new(subject);
        let now = self.clock.now();
        sessions::insert(db, &session, now, now + self.lifetimes.refresh).await?;
        self.give_tokens(db, &session, now).await
    }

    /// Issues an access token and a refresh token for a session.
    pub(super) async fn give_tokens(
        &self,
        db: &mut PgConnection,
        session: &Session,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, Error> {
        let refresh = SecretToken::random();
        refresh_tokens::insert(db, &refresh.hash(), session.id, now + self.lifetimes.refresh).await?;
        let access_expires_at = now + self.lifetimes.access;
        let claims = session.claims(now, access_expires_at);
        Ok(SignedIn {
            access_token: self.keys.sign(&claims)?,
            access_expires_at,
            refresh_token: refresh.into_text(),
            identity: claims.into(),
        })
    }
}
