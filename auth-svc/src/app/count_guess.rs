//! Counts guesses at a name's password, and refuses them while the name is on hold.

use super::App;
use crate::{domain::Username, error::Error, store::login_failures};

impl App {
    /// Counts a guess before it is answered, and not when it turns out wrong: with OPAQUE the client learns from the answer
    /// whether its guess was right, and need not send a second message. The right password resets the count.
    /// Unknown names are counted like known ones, so that their answers do not differ.
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
