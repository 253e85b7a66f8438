//! Signing in by OPAQUE. The state between the halves is in the database, because they may reach different replicas.

use chrono::TimeDelta;
use passwords::{OpaqueServer, Stretching};

use super::{App, SignedIn};
use crate::{
    domain::{NameHash, SecretToken, Subject, Username},
    error::Error,
    store::{
        accounts,
        login_attempts::{self, Attempt},
        login_failures,
    },
};

/// Time limit between the halves.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(1);

/// Input of the client for the second half.
pub(crate) struct SignInStarted {
    pub(crate) login_id: String,
    pub(crate) response: String,
    pub(crate) stretching: Stretching,
}

impl App {
    /// The first half. For an unknown name the answer has the same shape and the same cost.
    pub(crate) async fn start_sign_in(&self, username: &str, request: &str) -> Result<SignInStarted, Error> {
        let username = Username::new(username);
        let found = accounts::credentials(&self.pool, &username).await?;
        let record = found.as_ref().map(|account| account.record.as_slice());
        let started = self.opaque.start_login(username.key().as_bytes(), record, request)?;
        // After the message is parsed, so that a malformed one is not counted as a guess; before the answer is sent.
        self.count_guess(&username).await?;
        let login_id = SecretToken::random();
        let account = found.as_ref().map(|account| account.id);
        let attempt = Attempt { name_hash: username.hash(), account, state: started.state };
        login_attempts::insert(&self.pool, &login_id.hash(), &attempt, self.clock.now() + GOOD_FOR).await?;
        Ok(SignInStarted {
            login_id: login_id.into_text(),
            response: started.response,
            stretching: found.map_or(Stretching::DEFAULT, |account| account.stretching),
        })
    }

    /// The second half.
    pub(crate) async fn finish_sign_in(&self, login_id: &str, finish: &str) -> Result<SignedIn, Error> {
        let attempt =
            login_attempts::take(&self.pool, &SecretToken::hash_of(login_id), self.clock.now()).await?;
        let attempt = attempt.ok_or(Error::CeremonyExpired)?;
        OpaqueServer::finish_login(&attempt.state, finish)?;
        let id = attempt.account.ok_or(Error::WrongCredentials)?;
        let profile = accounts::profile(&self.pool, id).await?.ok_or(Error::WrongCredentials)?;
        let signed_in = self.sign_in(Subject::user(id, &profile.username), &attempt.name_hash).await?;
        metrics::counter!("syncwatch_auth_sessions_total", "by" => "opaque").increment(1);
        Ok(signed_in)
    }

    /// Signs in after the password was right.
    pub(super) async fn sign_in(&self, subject: Subject, name: &NameHash) -> Result<SignedIn, Error> {
        let mut tx = pg::begin(&self.pool).await?;
        login_failures::forget(&mut tx, name).await?;
        let signed_in = self.open_session(&mut tx, subject).await?;
        tx.commit().await?;
        Ok(signed_in)
    }
}
