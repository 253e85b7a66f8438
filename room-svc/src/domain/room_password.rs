//! The password of a room: an OPAQUE record under a server setup of its own, so that it is worth nothing elsewhere and needs no
//! secret of the installation.

use passwords::{OpaqueError, OpaqueServer, Password, Stretching};
use runtime::Secret;

use crate::error::{Error, Result};

/// Longest password in characters, after NFC.
const MAX_LENGTH: usize = 256;
/// The name under which the record is made: there is one password in a room.
const NAME: &[u8] = b"room";

/// What is stored of a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RoomPassword {
    /// Server setup, in base64.
    pub(crate) setup: String,
    pub(crate) record: Vec<u8>,
    pub(crate) stretching: Stretching,
}

impl RoomPassword {
    /// Makes the record of a plain password. Takes the time and the memory of the stretching.
    pub(crate) fn register(password: &Password) -> Result<Self> {
        let (setup, stretching) = (OpaqueServer::generate(), Stretching::DEFAULT);
        let record = server(&setup)?.register(NAME, password, stretching)?;
        Ok(Self { setup, record, stretching })
    }

    /// Whether the plain password is right. Takes the time and the memory of the stretching.
    pub(crate) fn verify(&self, password: &Password) -> Result<bool> {
        verdict(server(&self.setup)?.login(NAME, Some(&self.record), password, self.stretching))
    }

    /// Answers the first message of a proof: the secret state for the last one, and the answer.
    pub(crate) fn start_proof(&self, start: &str) -> Result<(Vec<u8>, String)> {
        let started = server(&self.setup)?.start_login(NAME, Some(&self.record), start)?;
        Ok((started.state, started.response))
    }

    /// Whether the last message of a proof is right.
    pub(crate) fn finish_proof(state: &[u8], finish: &str) -> Result<bool> {
        verdict(OpaqueServer::finish_login(state, finish))
    }

    /// Begins a registration by OPAQUE: the setup for the record, and the answer.
    pub(crate) fn start_registration(start: &str) -> Result<(String, String)> {
        let setup = OpaqueServer::generate();
        let response = server(&setup)?.start_registration(NAME, start)?;
        Ok((setup, response))
    }

    /// The password from the last message of a registration.
    pub(crate) fn finish_registration(setup: String, record: &str) -> Result<Self> {
        let record = OpaqueServer::finish_registration(record)?;
        Ok(Self { setup, record, stretching: Stretching::DEFAULT })
    }
}

fn server(setup: &str) -> Result<OpaqueServer> {
    OpaqueServer::new(&Secret::new(setup)).map_err(|error| Error::RoomPassword(format!("{error:#}")))
}

fn verdict(outcome: Result<(), OpaqueError>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(OpaqueError::WrongPassword) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A plain password that somebody sets.
pub(crate) fn new_password(text: &str) -> Result<Password> {
    let password = Password::new(text);
    if password.expose().chars().count() > MAX_LENGTH {
        return Err(Error::Field { field: "password", what: "must have at most 256 characters" });
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case W35.
    #[test]
    fn a_password_opens_in_any_spelling_and_no_other_does() {
        let password = RoomPassword::register(&Password::new("se\u{F1}or")).unwrap();
        assert!(password.verify(&Password::new("sen\u{303}or")).unwrap());
        assert!(!password.verify(&Password::new("senor")).unwrap());
        let long = "\u{1F600}".repeat(257);
        assert!(matches!(new_password(&long), Err(Error::Field { field: "password", .. })));
        assert!(new_password(&long[4..]).is_ok());
    }
}
