//! The chat.

mod list;
mod send;
