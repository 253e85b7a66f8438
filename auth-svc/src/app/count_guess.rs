//! Counts guesses at a name's password, and refuses them while the name is on hold.

use super::App;
use crate::{domain::Username, error::Error, store::login_failures};

impl App {
    /// Counts one before it is answered, not when it turns out wrong: by OPAQUE the client learns from the answer alone
    /// whether its guess was right, and need never come back to be counted. The right password takes the count back.
    /// Names that do not exist are counted alike, so that they answer alike.
    pub(super) async fn count_guess(&self, username: &Username) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let guesses = login_failures::lock(&mut tx, &username.hash(), now).await?;
        match guesses.one_more(now) {
            Ok(guesses) => {
                login_failures::set(&mut tx, &username.hash(), guesses).await?;
                tx.commit().await?;
                Ok(())
            }
            Err(wait) => {
                metrics::counter!("syncwatch_auth_names_on_hold_total").increment(1);
                Err(Error::NameOnHold(wait.to_std().unwrap_or_default()))
            }
        }
    }
}
