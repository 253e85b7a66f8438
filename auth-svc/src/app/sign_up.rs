//! Signing up by OPAQUE: the server sees neither the password nor anything to guess it from but its own record.

use ids::UserId;

use super::{App, SignedIn};
use crate::{
    domain::{OpaqueServer, Stretching, Subject, Username, check_username},
    error::Error,
    store::{accounts, login_failures},
};

/// What the client needs for its second half.
pub(crate) struct SignUpStarted {
    pub(crate) response: String,
    pub(crate) stretching: Stretching,
}

impl App {
    /// The first half.
    pub(crate) async fn start_sign_up(&self, username: &str, request: &str) -> Result<SignUpStarted, Error> {
        let username = Self::new_username(username)?;
        let response = self.opaque.start_registration(&username, request)?;
        // The answer evaluates the same function of name and password as a sign-in does: for a name that is taken it
        // would be a guess that nobody counts, and for a free one a guess at whoever takes it.
        self.refuse_taken(&username).await?;
        self.count_guess(&username).await?;
        Ok(SignUpStarted { response, stretching: Stretching::DEFAULT })
    }

    /// The second half: makes the account and signs it in.
    pub(crate) async fn finish_sign_up(&self, username: &str, record: &str) -> Result<SignedIn, Error> {
        let username = Self::new_username(username)?;
        let record = OpaqueServer::finish_registration(record)?;
        let signed_in = self.create_account(&username, &record, Stretching::DEFAULT).await?;
        metrics::counter!("syncwatch_auth_sessions_total", "by" => "sign_up").increment(1);
        Ok(signed_in)
    }

    /// The name of a new account, if the rules allow it. Signing in asks nothing of a name: older accounts may have any.
    pub(super) fn new_username(text: &str) -> Result<Username, Error> {
        let username = Username::new(text);
        check_username(username.shown()).map_err(|what| Error::Field { field: "username", what })?;
        Ok(username)
    }

    /// An early answer for people; two who want one name at once meet at the database's constraint.
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
