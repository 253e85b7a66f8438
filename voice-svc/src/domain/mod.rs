//! The rules of voice chats, without I/O.

pub(crate) mod ice;
pub(crate) mod record;
pub(crate) mod stun;
