//! How many WebSockets one person may have in one room. Each gateway counts its own; sync-svc counts the sessions of all
//! gateways.

use std::sync::Arc;

use rpc::{Error, Reason};
use runtime::{Share, Shares};

/// Counts the WebSockets of each person in each room.
pub(crate) struct People {
    places: Arc<Shares>,
    most: usize,
}

impl People {
    pub(crate) fn new(most: usize) -> Self {
        Self { places: Shares::new(usize::MAX), most }
    }

    /// Admits a socket. Admits twice as many as a person may have: a browser cannot read why an upgrade was refused, so the
    /// first ones above the limit are refused after the upgrade.
    pub(crate) fn enter(&self, room_id: &str, subject_id: &str) -> Result<Share, Error> {
        let key = format!("{room_id}/{subject_id}");
        self.places.take([(key, self.most.saturating_mul(2))]).map_err(|_| self.refusal())
    }

    /// Refuses a socket above the limit.
    pub(crate) fn check(&self, place: &Share) -> Result<(), Error> {
        if place.is_beyond(self.most) { Err(self.refusal()) } else { Ok(()) }
    }

    fn refusal(&self) -> Error {
        metrics::counter!("syncwatch_limits_refused_total", "limit" => "sockets", "by" => "person")
            .increment(1);
        let message = format!(
            "you have this room open {} times, which is as often as one person may; close one of the others first",
            self.most
        );
        Error::new(Reason::TooManyConnections, message).with("max", self.most)
    }
}
