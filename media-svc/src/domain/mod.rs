//! Types and rules, without I/O.

mod address;
mod duration;
mod embed;
mod link;
mod media_type;
mod range;
mod signature;
mod title;

pub(crate) use address::Reach;
pub(crate) use duration::{Measurement, Playlist, Step, Window, read_playlist};
pub(crate) use embed::{NoVideo, embed_of, embed_title, page_of};
pub(crate) use link::{InvalidLink, parse_link, parse_redirect};
pub(crate) use media_type::{Declared, Kind, NotPlayable, declared, sniff};
pub(crate) use range::{Part, part};
pub(crate) use signature::{Claims, LinkError, Signer, generate_secret};
pub(crate) use title::{clean, title_of};
