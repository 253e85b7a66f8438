//! Passwords of rooms: set, and proved at the door.

use std::{net::IpAddr, time::Duration};

use ::passwords::Stretching;
use bytes::Bytes;
use ids::RoomId;
use proto::room::v1::{PasswordProof, Permission, SetRoomPasswordRequest, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, Member, Room, RoomKey, RoomPassword, Ticket, new_password},
    error::{Error, Result},
    store::{members, passwords, rooms},
};

/// Time limit between the halves of a proof, or of a registration.
const GOOD_FOR: Duration = Duration::from_mins(1);

/// The first half of a proof or of a registration, for the client.
pub(crate) struct Started {
    pub(crate) id: String,
    pub(crate) response: String,
    pub(crate) stretching: Stretching,
}

impl App {
    /// Answers the first message of a proof by OPAQUE.
    pub(crate) async fn start_password_proof(
        &self,
        caller: &Caller,
        room: &RoomKey,
        start: &str,
        network: Option<IpAddr>,
    ) -> Result<Started> {
        let (found, member) = members::standing(&self.pool, room, caller.id).await?;
        caller.admitted_to(found.id)?;
        if member.is_none() {
            self.must_find_now((room, &found), caller, None).await?;
        }
        let room = found;
        self.guard.check_password(&room, network).await?;
        let password = passwords::get(&self.pool, room.id).await?.ok_or(Error::NoPassword)?;
        let (state, response) = password.start_proof(start)?;
        let id = self.keep_half("proof", room.id, state.into()).await?;
        Ok(Started { id, response, stretching: password.stretching })
    }

    /// Begins to set a password by OPAQUE.
    pub(crate) async fn start_room_password(
        &self,
        caller: &Caller,
        room: &RoomKey,
        start: &str,
    ) -> Result<Started> {
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ManageSettings)?;
        let (setup, response) = RoomPassword::start_registration(start)?;
        let id = self.keep_half("registration", access.room.id, setup.into()).await?;
        Ok(Started { id, response, stretching: Stretching::DEFAULT })
    }

    /// Sets or removes the password. The owner need not be a member, nor know the old password (case W3).
    pub(crate) async fn set_room_password(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &SetRoomPasswordRequest,
        network: Option<IpAddr>,
    ) -> Result<Room> {
        let (found, member) = members::standing(&self.pool, room, caller.id).await?;
        caller.admitted_to(found.id)?;
        if member.is_none() {
            self.must_find_now((room, &found), caller, None).await?;
        }
        // Refused before the stretching; the lock decides below.
        may_set_password(caller, &found, member.as_ref())?;
        if request.registration.is_some() {
            self.passwords_allowed()?;
        }
        let password = match &request.registration {
            Some(registration) => {
                let setup = self.take_half("registration", found.id, &registration.registration_id).await?;
                let setup = String::from_utf8(setup.to_vec()).map_err(|_| Error::ProofExpired)?;
                Some(RoomPassword::finish_registration(setup, &registration.record)?)
            }
            None if request.password.is_empty() => None,
            None => Some(self.register_password(&request.password, network).await?),
        };
        let mut unit = self.open(room, caller).await?;
        let room = unit.room().clone();
        may_set_password(caller, &room, unit.member().ok())?;
        match &password {
            Some(password) => passwords::set(&mut unit, password).await?,
            None => passwords::clear(&mut unit).await?,
        }
        let mut room = room;
        room.settings.join.password_set = password.is_some();
        rooms::save(&mut unit, &room).await?;
        unit.commit(Kind::RoomUpdated(room.clone().into())).await?;
        Ok(room)
    }

    /// Makes the record of a plain password, for clients without OPAQUE. Fails where the installation allows no passwords.
    pub(in crate::app) async fn register_password(
        &self,
        plain: &str,
        network: Option<IpAddr>,
    ) -> Result<RoomPassword> {
        self.passwords_allowed()?;
        let plain = new_password(plain)?;
        self.stretcher.run(network, move || RoomPassword::register(&plain)).await?
    }

    fn passwords_allowed(&self) -> Result<()> {
        if self.sections.rooms.allow_password_protected { Ok(()) } else { Err(Error::PasswordsNotAllowed) }
    }

    /// Checks what a person gives as the password: the record that it opens, or nothing. Counts wrong ones.
    pub(super) async fn prove_password(
        &self,
        room: &Room,
        plain: &str,
        proof: Option<&PasswordProof>,
        network: Option<IpAddr>,
    ) -> Result<Option<RoomPassword>> {
        if plain.is_empty() && proof.is_none() {
            return Ok(None);
        }
        let Some(password) = passwords::get(&self.pool, room.id).await? else { return Ok(None) };
        self.guard.check_password(room, network).await?;
        let is_right = if let Some(proof) = proof {
            let state = self.take_half("proof", room.id, &proof.proof_id).await?;
            RoomPassword::finish_proof(&state, &proof.finish)?
        } else {
            let (password, plain) = (password.clone(), new_password(plain)?);
            self.stretcher.run(network, move || password.verify(&plain)).await??
        };
        if is_right {
            return Ok(Some(password));
        }
        Err(Error::WrongRoomPassword { attempts_left: self.guard.wrong_password(room, network).await })
    }

    /// Keeps the server's half for a minute, wherever the other half arrives. Returns its secret id.
    async fn keep_half(&self, what: &str, room: RoomId, half: Bytes) -> Result<String> {
        let id = Ticket::random();
        self.keys.put(&format!("{what}:{room}:{}", id.key()), half, GOOD_FOR).await?;
        Ok(id.into_text())
    }

    async fn take_half(&self, what: &str, room: RoomId, id: &str) -> Result<Bytes> {
        let key = Ticket::from_text(id.to_owned()).key();
        self.keys.take(&format!("{what}:{room}:{key}")).await?.ok_or(Error::ProofExpired)
    }
}

/// The owner, member or not, and members with `manage_settings`.
fn may_set_password(caller: &Caller, room: &Room, member: Option<&Member>) -> Result<()> {
    if room.owner_id == caller.id {
        return Ok(());
    }
    member.ok_or(Error::NotAMember)?.need(Permission::ManageSettings)
}
