//! The chat: messages and what hangs on them.

pub(crate) mod changes;
pub(crate) mod emotes;
pub(crate) mod filters;
pub(crate) mod mentions;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod pins;
pub(crate) mod reactions;
pub(crate) mod reads;
pub(crate) mod reports;
pub(crate) mod upkeep;
