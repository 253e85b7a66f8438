//! Signing in with the plain password, for clients without OPAQUE.

use std::net::IpAddr;

use passwords::{Password, Stretching};

use super::{App, SignedIn};
use crate::{
    domain::{Subject, Username},
    error::Error,
    store::accounts,
};

impl App {
    /// Signs a person in. An unknown name costs as much time as a wrong password.
    pub(crate) async fn log_in(
        &self,
        username: &str,
        password: &str,
        network: Option<IpAddr>,
    ) -> Result<SignedIn, Error> {
        let (username, password) = (Username::new(username), Password::new(password));
        self.count_guess(&username).await?;
        let found = accounts::credentials(&self.pool, &username).await?;
        let stretching = found.as_ref().map_or(Stretching::DEFAULT, |account| account.stretching);
        let record = found.as_ref().map(|account| account.record.clone());
        let (opaque, name) = (self.opaque.clone(), username.clone());
        self.stretcher
            .run(network, move || {
                opaque.login(name.key().as_bytes(), record.as_deref(), &password, stretching)
            })
            .await??;
        let account = found.ok_or(Error::WrongCredentials)?;
        let signed_in = self.sign_in(Subject::user(account.id, &account.username), &username.hash()).await?;
        metrics::counter!("syncwatch_auth_sessions_total", "by" => "password").increment(1);
        Ok(signed_in)
    }
}
