//! The use cases, one a file.

mod count_guess;
mod create_guest;
mod get_me;
mod log_in;
mod log_out;
mod open_session;
mod refresh;
mod register;
mod sign_in;
mod sign_up;

use passwords::{OpaqueServer, Stretcher};
use runtime::Clock;
use sqlx::PgPool;

pub(crate) use get_me::Me;
pub(crate) use open_session::SignedIn;
pub(crate) use sign_in::SignInStarted;
pub(crate) use sign_up::SignUpStarted;

use crate::{config::Lifetimes, domain::KeyRing};

/// Everything that the use cases need.
pub(crate) struct App {
    pool: PgPool,
    clock: Clock,
    opaque: OpaqueServer,
    keys: KeyRing,
    lifetimes: Lifetimes,
    stretcher: Stretcher,
}

impl App {
    pub(crate) fn new(
        pool: PgPool,
        clock: Clock,
        opaque: OpaqueServer,
        keys: KeyRing,
        lifetimes: Lifetimes,
    ) -> Self {
        Self { pool, clock, opaque, keys, lifetimes, stretcher: Stretcher::default() }
    }

    /// The keys that sign and verify tokens.
    pub(crate) fn keys(&self) -> &KeyRing {
        &self.keys
    }
}
