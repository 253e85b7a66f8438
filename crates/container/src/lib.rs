#![doc = include_str!("../README.md")]

mod dash;
mod duration;
mod hls;
mod kind;
mod sniff;

pub use dash::is_dash_protected;
pub use duration::{Measurement, Step, Window};
pub use hls::{HlsPlaylist, UnplayablePlaylist, inspect_playlist};
pub use kind::Kind;
pub use sniff::{DASH, Declared, NotPlayable, declared, sniff};
