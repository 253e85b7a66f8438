//! The settings of room-svc: section `[room]`, and the sections about rooms and what is in them.

use std::net::SocketAddr;

use chrono::TimeDelta;
use runtime::{Check, Mistakes, Section, Settings};
use serde::Deserialize;

use crate::domain::{Lifetimes, RoomDefaults};

/// Settings of the service; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of gRPC, as a process of its own.
    pub grpc_listen: SocketAddr,
    /// Address of health and metrics, as a process of its own.
    pub admin_listen: SocketAddr,
    /// Largest number of items in a playlist.
    pub max_items: usize,
}

impl Section for Config {
    const NAME: &'static str = "room";

    fn validate(&self, check: &mut Check) {
        check.range("max_items", &self.max_items, &(1..=10_000));
        check.listeners(&[("grpc_listen", self.grpc_listen), ("admin_listen", self.admin_listen)]);
    }
}

/// The sections besides `[room]`, one for each part of what rooms are.
#[derive(Debug, Clone)]
pub struct Sections {
    /// Section `[rooms]`.
    pub rooms: RoomsConfig,
    /// Section `[chat]`.
    pub chat: ChatConfig,
    /// Section `[cleanup]`.
    pub cleanup: CleanupConfig,
}

impl Sections {
    /// Reads the sections. Fails with every mistake in one of them.
    pub fn load(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self { rooms: settings.checked()?, chat: settings.checked()?, cleanup: settings.checked()? })
    }

    /// Adds the mistakes of all sections.
    pub fn check(settings: &Settings, strict: bool, mistakes: &mut Mistakes) {
        settings.check::<RoomsConfig>(strict, mistakes);
        settings.check::<ChatConfig>(strict, mistakes);
        settings.check::<CleanupConfig>(strict, mistakes);
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            guest_idle_hours: self.rooms.max_room_age_hours,
            account_idle_hours: self.rooms.account_room_age_hours,
            keep_ended_hours: self.cleanup.inactive_rooms_hours,
        }
    }
}

/// Section `[cleanup]`: when what is no longer used is deleted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CleanupConfig {
    /// Hours after the end of a guest's room until it is deleted.
    pub inactive_rooms_hours: i32,
    /// Days after which a guest who has not come back is no longer a member.
    pub gone_guests_days: u32,
    /// Days for which the history of a person has a room.
    pub history_days: u32,
}

impl Section for CleanupConfig {
    const NAME: &'static str = "cleanup";

    fn validate(&self, check: &mut Check) {
        check.range("inactive_rooms_hours", &self.inactive_rooms_hours, &(1..=8760));
        check.range("gone_guests_days", &self.gone_guests_days, &(1..=3650));
        check.range("history_days", &self.history_days, &(1..=3650));
    }
}

/// Section `[rooms]`: what rooms may be, and for how long.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomsConfig {
    /// People who can be in a new room at once, unless its request says a number.
    pub default_max_participants: i32,
    /// Whether rooms can be made and joined at all.
    pub enabled: bool,
    /// Whether a room can be in the list of public rooms.
    pub allow_public: bool,
    /// Hours after the last person left until the room of a guest ends.
    pub max_room_age_hours: i32,
    /// The same for the room of an account; 0: it does not end by itself.
    pub account_room_age_hours: i32,
    /// Seconds for which someone who has joined, or whose connection is lost, keeps a seat.
    pub seat_grace_seconds: u32,
    /// Hours after which an absent owner is replaced by someone who is there.
    pub owner_gone_hours: u32,
    /// Minutes after which an owner who has left the room is replaced by someone who is there.
    pub owner_left_minutes: u32,
    /// Days for which the log of a room is kept.
    pub log_days: u32,
}

impl RoomsConfig {
    pub(crate) fn seat_grace(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.seat_grace_seconds))
    }

    pub(crate) fn defaults(&self) -> RoomDefaults {
        RoomDefaults { max_participants: self.default_max_participants, allow_public: self.allow_public }
    }
}

impl Section for RoomsConfig {
    const NAME: &'static str = "rooms";

    fn validate(&self, check: &mut Check) {
        check.range("default_max_participants", &self.default_max_participants, &(2..=10_000));
        check.range("max_room_age_hours", &self.max_room_age_hours, &(1..=87_600));
        check.range("account_room_age_hours", &self.account_room_age_hours, &(0..=87_600));
        check.range("seat_grace_seconds", &self.seat_grace_seconds, &(5..=600));
        check.range("owner_gone_hours", &self.owner_gone_hours, &(1..=8760));
        check.range("owner_left_minutes", &self.owner_left_minutes, &(1..=10_080));
        check.range("log_days", &self.log_days, &(1..=3650));
    }
}

/// Longest text that a message may be allowed to have. The contract takes four times as many characters, so that the rule
/// answers a text that a client did not compose.
const MAX_MESSAGE_LENGTH: usize = 4000;

/// Section `[chat]`: the limits of chats.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatConfig {
    /// Whether people may write in chats at all.
    pub enabled: bool,
    /// Longest text of a message, in Unicode scalar values after NFC.
    pub max_message_length: usize,
    /// Messages of a page of the history whose request names no size.
    pub history_limit: i32,
    /// Days after which messages are removed, in rooms that do not say a number; 0: never.
    pub retention_days: i32,
}

impl Section for ChatConfig {
    const NAME: &'static str = "chat";

    fn validate(&self, check: &mut Check) {
        check.range("max_message_length", &self.max_message_length, &(1..=MAX_MESSAGE_LENGTH));
        check.range("history_limit", &self.history_limit, &(1..=200));
        check.range("retention_days", &self.retention_days, &(0..=3650));
    }
}
