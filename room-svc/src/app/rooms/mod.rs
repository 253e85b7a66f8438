//! Rooms: settings, ownership, life cycle, and the lists in which people find them.

mod clean_up;
mod close;
mod create;
mod delete;
mod get;
mod hand_over;
mod list;
mod log;
mod my_rooms;
mod presence;
mod reader;
mod recover;
mod update;

pub(super) use hand_over::give;
pub(crate) use reader::RoomReader;
