//! Types and rules: no I/O, no clock.

mod guest_name;
mod hold;
mod key_ring;
mod name;
mod opaque_setup;
mod password;
mod secret_token;
mod subject;
mod username;

pub(crate) use guest_name::made_up_name;
pub(crate) use hold::{Guesses, REMEMBERED_FOR};
pub(crate) use key_ring::KeyRing;
pub(crate) use name::{check_username, display_name};
pub(crate) use opaque_setup::opaque_server;
pub(crate) use password::weakness;
pub(crate) use secret_token::{SecretToken, TokenHash};
pub(crate) use subject::{Session, SignInId, Subject};
pub(crate) use username::{NameHash, Username};
