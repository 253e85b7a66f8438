//! The chat: messages and what hangs on them.

pub(crate) mod changes;
pub(crate) mod mentions;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod pins;
pub(crate) mod reactions;
pub(crate) mod reads;
