//! Access tokens that the services of a test believe.

pub(crate) use testkit::tokens::{KID, key, verifier};

/// A token of a guest, good for a very long time.
pub(crate) fn token(name: &str) -> String {
    testkit::tokens::token(&format!("guest_{name}"), rpc::ClaimedKind::Guest, name)
}
