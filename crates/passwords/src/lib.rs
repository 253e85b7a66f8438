//! Passwords of accounts and of rooms, by OPAQUE: the server stores a record that opens by the password alone, and clients
//! that speak OPAQUE never send it.

mod opaque;
mod password;
mod stretcher;
mod stretching;

pub use opaque::{OpaqueError, OpaqueServer, StartedLogin};
pub use password::Password;
pub use stretcher::{Busy, Stretcher};
pub use stretching::Stretching;
