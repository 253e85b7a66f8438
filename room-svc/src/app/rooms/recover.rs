//! Recovery links: how an owner gets the room back without the session in which they made it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use proto::room::v1::{HandOverReason, room_event::Kind};
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};

use super::give;
use crate::{
    app::App,
    domain::{Caller, Room, RoomKey},
    error::{Error, Result},
    store::{members, rooms, seats},
};

/// 256 bits: nobody can guess it, so tries need no limit of their own.
const SECRET_BYTES: usize = 32;

impl App {
    /// Makes the secret of a recovery link, for the owner. The one before it is no longer valid.
    pub(crate) async fn create_recovery(&self, caller: &Caller, room: &RoomKey) -> Result<String> {
        let mut unit = self.open(room, caller).await?;
        if unit.room().owner_id != caller.id {
            return Err(Error::NotTheOwner);
        }
        let mut secret = [0; SECRET_BYTES];
        rand::rngs::OsRng.fill_bytes(&mut secret);
        let secret = BASE64_URL_SAFE_NO_PAD.encode(secret);
        rooms::set_recovery(&mut unit, Some(&hash(&secret))).await?;
        unit.commit_told().await?;
        Ok(secret)
    }

    /// Makes the caller the owner by the secret of the link, and a member if they are none.
    pub(crate) async fn recover_room(&self, caller: &Caller, room: &RoomKey, secret: &str) -> Result<Room> {
        let mut unit = self.open_unfound(room, caller).await?;
        // The hashes of unequal secrets have nothing in common, so the comparison tells nothing by its time.
        if rooms::recovery(&mut unit).await?.as_deref() != Some(hash(secret).as_slice()) {
            if unit.member().is_err() {
                let (found, now) = (unit.room().clone(), unit.now());
                Self::must_find(unit.db(), (room, &found), caller, None, now).await?;
            }
            return Err(Error::RecoveryInvalid);
        }
        let room = unit.room().clone();
        if unit.member().is_err() {
            let joining = caller.as_member(unit.now());
            members::insert(&mut unit, &joining).await?;
            unit.tell(Kind::MemberJoined(joining.into())).await?;
        }
        let room = Room { member_count: rooms::get(unit.db(), &room.id.into()).await?.member_count, ..room };
        if room.owner_id == caller.id {
            unit.commit_told().await?;
            return Ok(room);
        }
        let owned = Room { owner_id: caller.id, ..room.clone() };
        seats::claim(&mut unit, &owned, caller.id, self.sections.rooms.seat_grace()).await?;
        give(unit, room, caller.id, None, HandOverReason::Recovery).await
    }
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
