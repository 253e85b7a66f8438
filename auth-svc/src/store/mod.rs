//! All SQL of the service, one table a file.

pub(crate) mod accounts;
pub(crate) mod login_attempts;
pub(crate) mod login_failures;
pub(crate) mod refresh_tokens;
pub(crate) mod sessions;
