//! Signing up by OPAQUE: the server sees neither the password nor anything to guess it from but its own record.

use ids::UserId;
use passwords::{OpaqueServer, Stretching};

use super::{App, SignedIn};
use crate::{
    domain::{Subject, Username, check_username},
    error::Error,
    store::{accounts, login_failures},
};

/// Input of the client for the second half.
pub(crate) struct SignUpStarted {
    pub(crate) response: String,
    pub(crate) stretching: Stretching,
}

impl App {
    /// The first half.
    pub(crate) async fn start_sign_up(&self, username: &str, request: &str) -> Result<SignUpStarted, Error> {
        let username = Self::new_username(username)?;
        let response = self.opaque.start_registration(username.key().as_bytes(), request)?;
        // The answer evaluates the same function of name and password as a sign-in does. For a taken name it would be
        // a guess that is not counted, and for a free name a guess at the account that takes it later.
        self.refuse_taken(&username).await?;
        self.count_guess(&username).await?;
        Ok(SignUpStarted { response, stretching: Stretching::DEFAULT })
    }

    /// The second half: creates the account and signs it in.
    pub(crate) async fn finish_sign_up(&self, username: &str, record: &str) -> Result<SignedIn, Error> {
        let username = Self::new_username(username)?;
        let record = OpaqueServer::finish_registration(record)?;
        let signed_in = self.create_account(&username, &record, Stretching::DEFAULT).await?;
        metrics::counter!("syncwatch_auth_sessions_total", "by" => "sign_up").increment(1);
        Ok(signed_in)
    }

    /// The name of a new account. Fails when it breaks a rule. Sign-ins do not check names, since older accounts may have any.
    pub(super) fn new_username(text: &str) -> Result<Username, Error> {
        let username = Username::new(text);
        check_username(username.shown()).map_err(|what| Error::Field { field: "username", what })?;
        Ok(username)
    }

    /// Refuses a taken name early. The constraint in the database decides between two concurrent sign-ups.
    pub(super) async fn refuse_taken(&self, username: &Username) -> Result<(), Error> {
        if accounts::exists(&self.pool, username).await? {
            return Err(Error::UsernameTaken(username.shown().to_owned()));
        }
        Ok(())
    }

    pub(super) async fn create_account(
        &self,
        username: &Username,
        record: &[u8],
        stretching: Stretching,
    ) -> Result<SignedIn, Error> {
        let id = UserId::new();
        let mut tx = pg::begin(&self.pool).await?;
        let account = accounts::NewAccount { id, username, record, stretching, created_at: self.clock.now() };
        accounts::insert(&mut tx, &account).await?;
        login_failures::forget(&mut tx, &username.hash()).await?;
        let signed_in = self.open_session(&mut tx, Subject::user(id, username.shown())).await?;
        tx.commit().await?;
        Ok(signed_in)
    }
}
