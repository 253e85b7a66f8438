//! Types and rules, without I/O.

mod address;
mod duration;
mod embed;
mod hls;
mod host_name;
mod link;
mod media_type;
mod protection;
mod range;
mod share;
mod signature;
mod start_time;
mod title;

pub(crate) use address::Reach;
pub(crate) use duration::{Measurement, Step, Window};
pub(crate) use embed::{NoVideo, embed_of, embed_title, is_live, page_of, service_name};
pub(crate) use hls::{HlsPlaylist, UnplayablePlaylist, inspect_playlist};
pub(crate) use host_name::is_within;
pub(crate) use link::{InvalidLink, Link, parse_link, parse_redirect};
pub(crate) use media_type::{DASH, Declared, Kind, NotPlayable, PageCause, declared, sniff};
pub(crate) use protection::{is_dash_protected, protected_service};
pub(crate) use range::{Part, part};
pub(crate) use share::{Refusal as ShareRefusal, Share, nextcloud_file, share_of};
pub(crate) use signature::{Claims, LinkError, Signer, generate_secret};
pub(crate) use start_time::{start_of_file, start_of_video};
pub(crate) use title::{clean, title_of};
