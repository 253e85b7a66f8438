//! Signing up with the plain password, for clients without OPAQUE. Stores the same record.

use std::net::IpAddr;

use passwords::{Password, Stretching};

use super::{App, SignedIn};
use crate::{domain::weakness, error::Error};

impl App {
    /// Creates the account and signs it in.
    pub(crate) async fn register(
        &self,
        username: &str,
        password: &str,
        network: Option<IpAddr>,
    ) -> Result<SignedIn, Error> {
        let username = Self::new_username(username)?;
        let password = Password::new(password);
        if let Some(weakness) = weakness(&password, &username) {
            return Err(Error::WeakPassword(weakness));
        }
        self.refuse_taken(&username).await?;
        let (opaque, name) = (self.opaque.clone(), username.clone());
        let record = self
            .stretcher
            .run(network, move || opaque.register(name.key().as_bytes(), &password, Stretching::DEFAULT))
            .await??;
        let signed_in = self.create_account(&username, &record, Stretching::DEFAULT).await?;
        metrics::counter!("syncwatch_auth_sessions_total", "by" => "register").increment(1);
        Ok(signed_in)
    }
}
