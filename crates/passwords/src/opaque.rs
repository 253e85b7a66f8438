//! OPAQUE (RFC 9807): sign-up and sign-in by a password that the server never sees. Suite ristretto255-SHA512 with 3DH,
//! no context, no identifiers; messages travel as base64url without padding. The browser's counterpart is
//! `@serenity-kit/opaque`.

use std::sync::Arc;

use anyhow::Context as _;
use argon2::Argon2;
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration,
    ClientRegistrationFinishParameters, CredentialFinalization, CredentialRequest, Identifiers,
    RegistrationRequest, RegistrationUpload, Ristretto255, ServerLogin, ServerLoginParameters,
    ServerRegistration, ServerSetup, TripleDh, errors::ProtocolError,
};
use rand::rngs::OsRng;
use runtime::Secret;

use crate::{Password, Stretching};

struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2::Sha512>;
    type Ksf = Argon2<'static>;
}

/// Why a step of OPAQUE failed.
#[derive(Debug, thiserror::Error)]
pub enum OpaqueError {
    /// A message of the client cannot be read.
    #[error("{field} is not an OPAQUE message")]
    Malformed {
        /// The field of the request.
        field: &'static str,
    },
    /// The password is wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// A defect.
    #[error("{0}")]
    Library(String),
}

impl From<ProtocolError> for OpaqueError {
    fn from(error: ProtocolError) -> Self {
        match error {
            ProtocolError::InvalidLoginError => Self::WrongPassword,
            other => Self::Library(other.to_string()),
        }
    }
}

impl From<argon2::Error> for OpaqueError {
    fn from(error: argon2::Error) -> Self {
        Self::Library(format!("the account's stretching is impossible: {error}"))
    }
}

/// A sign-in after its first message.
pub struct StartedLogin {
    /// Secret state for the last message.
    pub state: Vec<u8>,
    /// KE2, the answer to the client.
    pub response: String,
}

/// The server side of OPAQUE, and both sides for clients without it. Cheap to clone.
#[derive(Clone)]
pub struct OpaqueServer(Arc<ServerSetup<Suite>>);

impl OpaqueServer {
    /// A new setup, in base64. Records made under one are of no use under another.
    pub fn generate() -> String {
        BASE64_STANDARD.encode(ServerSetup::<Suite>::new(&mut OsRng).serialize())
    }

    /// Reads a setup. The error says what is wrong with it.
    pub fn new(setup: &Secret) -> anyhow::Result<Self> {
        let bytes = BASE64_STANDARD.decode(setup.expose().trim()).context("is not base64")?;
        let setup = ServerSetup::deserialize(&bytes).ok().context("is not an OPAQUE server setup")?;
        Ok(Self(Arc::new(setup)))
    }

    /// Answers the first message of a sign-up.
    pub fn start_registration(&self, name: &[u8], request: &str) -> Result<String, OpaqueError> {
        let request = decode("registration_request", request, RegistrationRequest::<Suite>::deserialize)?;
        let answer = ServerRegistration::start(&self.0, request, name)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(answer.message.serialize()))
    }

    /// The record to store, from the last message of a sign-up.
    pub fn finish_registration(record: &str) -> Result<Vec<u8>, OpaqueError> {
        let upload = decode("registration_record", record, RegistrationUpload::<Suite>::deserialize)?;
        Ok(ServerRegistration::finish(upload).serialize().to_vec())
    }

    /// Answers the first message of a sign-in. Without a record the answer has the same shape and cost, and matches no
    /// password.
    pub fn start_login(
        &self,
        name: &[u8],
        record: Option<&[u8]>,
        request: &str,
    ) -> Result<StartedLogin, OpaqueError> {
        let request = decode("start_login_request", request, CredentialRequest::<Suite>::deserialize)?;
        let record = record.map(ServerRegistration::deserialize).transpose()?;
        let started =
            ServerLogin::start(&mut OsRng, &self.0, record, request, name, ServerLoginParameters::default())?;
        Ok(StartedLogin {
            state: started.state.serialize().to_vec(),
            response: BASE64_URL_SAFE_NO_PAD.encode(started.message.serialize()),
        })
    }

    /// Checks the password by the last message of a sign-in.
    pub fn finish_login(state: &[u8], finish: &str) -> Result<(), OpaqueError> {
        let finish = decode("finish_login_request", finish, CredentialFinalization::<Suite>::deserialize)?;
        ServerLogin::<Suite>::deserialize(state)?.finish(finish, ServerLoginParameters::default())?;
        Ok(())
    }

    /// Performs both sides of a sign-up and returns the record to store. Takes the time and the memory of the stretching.
    pub fn register(
        &self,
        name: &[u8],
        password: &Password,
        stretching: Stretching,
    ) -> Result<Vec<u8>, OpaqueError> {
        let password = password.as_bytes();
        let argon2 = stretching.argon2()?;
        let client = ClientRegistration::<Suite>::start(&mut OsRng, password)?;
        let server = ServerRegistration::start(&self.0, client.message, name)?;
        let parameters = ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&argon2));
        let upload = client.state.finish(&mut OsRng, password, server.message, parameters)?;
        Ok(ServerRegistration::finish(upload.message).serialize().to_vec())
    }

    /// Performs both sides of a sign-in and checks the password. Takes the time and the memory of the stretching, also without
    /// a record.
    pub fn login(
        &self,
        name: &[u8],
        record: Option<&[u8]>,
        password: &Password,
        stretching: Stretching,
    ) -> Result<(), OpaqueError> {
        let password = password.as_bytes();
        let argon2 = stretching.argon2()?;
        let record = record.map(ServerRegistration::deserialize).transpose()?;
        let client = ClientLogin::<Suite>::start(&mut OsRng, password)?;
        let server = ServerLogin::start(
            &mut OsRng,
            &self.0,
            record,
            client.message,
            name,
            ServerLoginParameters::default(),
        )?;
        let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&argon2));
        let finish = client.state.finish(&mut OsRng, password, server.message, parameters)?;
        server.state.finish(finish.message, ServerLoginParameters::default())?;
        Ok(())
    }
}

fn decode<T>(
    field: &'static str,
    text: &str,
    deserialize: impl FnOnce(&[u8]) -> Result<T, ProtocolError>,
) -> Result<T, OpaqueError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    bytes.and_then(|bytes| deserialize(&bytes).ok()).ok_or(OpaqueError::Malformed { field })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn server() -> OpaqueServer {
        OpaqueServer::new(&Secret::new(OpaqueServer::generate())).unwrap()
    }

    #[test]
    fn a_record_opens_by_its_password_its_name_its_setup_and_its_stretching() {
        let (server, ada) = (server(), b"ada".as_slice());
        let stretching = Stretching { iterations: 1, memory_kib: 64, parallelism: 1 };
        let record = server.register(ada, &Password::new("correct horse"), stretching).unwrap();
        let login = |server: &OpaqueServer, name: &[u8], record, password, stretching| {
            server.login(name, record, &Password::new(password), stretching).is_ok()
        };
        assert!(login(&server, ada, Some(record.as_slice()), "correct horse", stretching));
        assert!(!login(&server, ada, Some(record.as_slice()), "wrong horse", stretching));
        assert!(!login(&server, b"ida", Some(record.as_slice()), "correct horse", stretching));
        assert!(!login(&server, ada, None, "correct horse", stretching));
        assert!(!login(&self::server(), ada, Some(record.as_slice()), "correct horse", stretching));
        let other = Stretching { iterations: 2, ..stretching };
        assert!(!login(&server, ada, Some(record.as_slice()), "correct horse", other));
    }

    proptest! {
        #[test]
        fn no_message_makes_a_step_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let (server, ada) = (server(), b"ada".as_slice());
            let text = BASE64_URL_SAFE_NO_PAD.encode(&bytes);
            let _ = server.start_registration(ada, &text);
            let _ = OpaqueServer::finish_registration(&text);
            let _ = server.start_login(ada, None, &text);
            let _ = OpaqueServer::finish_login(&bytes, &text);
        }
    }
}
