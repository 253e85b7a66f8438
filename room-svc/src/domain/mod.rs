//! Types and rules, pure: no I/O, no clock of its own.

mod bar;
mod chat;
mod fields;
mod invite;
mod item;
mod join_request;
mod live;
mod log;
mod member;
mod member_paths;
mod page;
mod permission_request;
mod permissions;
mod places;
mod play;
mod playlist;
mod policy;
mod queue;
mod rank;
mod role;
mod room;
mod room_password;
mod saved_queue;
mod search;
pub(crate) mod sentence;
mod settings;
mod sight;
mod text;
mod ticket;

pub(crate) use bar::{Bar, Traces};
pub(crate) use chat::{
    Filter, Line, Message, author_id, chat_changed, filtered, has_link, image_type, mentions, message_id,
    message_named, message_text, nobody, search_query, search_terms,
};
pub(crate) use invite::{Invite, InviteUse, invite_code};
pub(crate) use item::{AssetFacts, Folder, Item};
pub(crate) use join_request::{ASK_AGAIN_AFTER, JoinDecision, JoinRequest};
pub(crate) use live::{Glimpse, Live, Playing, Report};
pub(crate) use log::{LogLine, kinds, logged_kind};
pub(crate) use member::{Caller, Member};
pub(crate) use member_paths::{MemberPath, member_paths};
pub(crate) use page::{List, PageToken};
pub(crate) use permission_request::PermissionRequest;
pub(crate) use permissions::{Grants, PLAYBACK, Permissions, RoleChanges};
pub(crate) use places::{Place, Places, Sibling, Wish};
pub(crate) use play::{Play, resume_us};
pub(crate) use playlist::{Entry, Order, Step, following};
pub(crate) use policy::{Heir, Policy};
pub(crate) use queue::decided;
pub(crate) use rank::Rank;
pub(crate) use role::{Roles, RoomRole, need_own, need_rank_above};
pub(crate) use room::{Access, Closed, InvitePreview, Lifetimes, Reclaim, Room, RoomKey};
pub(crate) use room_password::{RoomPassword, new_password};
pub(crate) use saved_queue::SavedQueue;
pub(crate) use search::{listing_query, listing_terms};
pub(crate) use settings::{RoomDefaults, Settings};
pub(crate) use sight::{Asked, Facts, Sight, View, at_door, view};
pub(crate) use text::visible;
pub(crate) use ticket::{Ticket, TicketHolder};

use chrono::{DateTime, Utc};

/// A date as the contract carries it.
pub(crate) fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos().cast_signed() }
}
