//! The rules of playback, each over a part of the state. A rule uses those before it in this order, never those after it:
//! `waiting`, `skip`, `people`, `hold`, `auto_start`, `stall`, `seek`, `item`, `reported_end`, `end`, `owner`. `layers.rs` holds this.

pub(super) mod auto_start;
pub(super) mod end;
pub(super) mod hold;
pub(super) mod item;
pub(super) mod owner;
pub(super) mod people;
pub(super) mod reported_end;
pub(super) mod seek;
pub(super) mod skip;
pub(super) mod stall;
pub(super) mod waiting;
