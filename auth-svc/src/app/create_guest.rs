//! Creates a guest: a name and a session, without an account.

use ids::RoomId;
use rand::rngs::OsRng;

use super::{App, SignedIn};
use crate::{
    domain::{Subject, display_name, made_up_name},
    error::Error,
};

impl App {
    /// `room` is the only room that the tokens are valid for. Empty: they are valid for every room that allows guests.
    pub(crate) async fn create_guest(&self, name: &str, room: &str) -> Result<SignedIn, Error> {
        let name = display_name(name).map_err(|what| Error::Field { field: "display_name", what })?;
        let name = if name.is_empty() { made_up_name(&mut OsRng) } else { name };
        let room = (!room.is_empty()).then(|| room.parse::<RoomId>()).transpose().map_err(|error| {
            Error::Field { field: "room_id", what: format!("must be empty or the id of a room: {error}") }
        })?;
        let mut tx = pg::begin(&self.pool).await?;
        let signed_in = self.open_session(&mut tx, Subject::guest(name, room)).await?;
        tx.commit().await?;
        metrics::counter!("syncwatch_auth_sessions_total", "by" => "guest").increment(1);
        Ok(signed_in)
    }
}
