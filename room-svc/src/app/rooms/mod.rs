//! Rooms: settings and ownership.

mod create;
mod delete;
mod get;
mod hand_over;
mod list;
mod reader;
mod update;

pub(super) use hand_over::give;
pub(crate) use reader::RoomReader;
