//! The settings of room-svc: section `[room]`, and the sections about rooms and what is in them.

use std::net::SocketAddr;

use chrono::TimeDelta;
use ipnet::IpNet;
use proto::room::v1::PlaybackControl;
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
    /// Section `[room_security]`.
    pub security: SecurityConfig,
    /// Section `[invitations]`.
    pub invitations: InvitationsConfig,
    /// What room-svc needs of section `[limits]`.
    pub limits: LimitsConfig,
    /// Section `[chat]`.
    pub chat: ChatConfig,
    /// Section `[cleanup]`.
    pub cleanup: CleanupConfig,
}

impl Sections {
    /// Reads the sections. Fails with every mistake in one of them.
    pub fn load(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            rooms: settings.checked()?,
            security: settings.checked()?,
            invitations: settings.checked()?,
            limits: settings.checked()?,
            chat: settings.checked()?,
            cleanup: settings.checked()?,
        })
    }

    /// Adds the mistakes of all sections.
    pub fn check(settings: &Settings, strict: bool, mistakes: &mut Mistakes) {
        settings.check::<RoomsConfig>(strict, mistakes);
        settings.check::<SecurityConfig>(strict, mistakes);
        settings.check::<InvitationsConfig>(strict, mistakes);
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
    /// Hours for which an expired invite is kept.
    pub expired_invitations_hours: u32,
}

impl Section for CleanupConfig {
    const NAME: &'static str = "cleanup";

    fn validate(&self, check: &mut Check) {
        check.range("inactive_rooms_hours", &self.inactive_rooms_hours, &(1..=8760));
        check.range("gone_guests_days", &self.gone_guests_days, &(1..=3650));
        check.range("history_days", &self.history_days, &(1..=3650));
        check.range("expired_invitations_hours", &self.expired_invitations_hours, &(0..=8760));
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
    /// Whether a room can have a password.
    pub allow_password_protected: bool,
    /// Who controls the playback of a new room.
    pub default_playback_control: Control,
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

/// Who controls the playback, as settings write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Everyone in the room.
    All,
    /// Moderators, and those to whom it is given.
    Selected,
    /// The owner alone.
    OwnerOnly,
}

/// Section `[room_security]`: how often one network may guess at rooms.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityConfig {
    /// Wrong codes in an hour.
    pub code_attempt_limit: u64,
    /// How long codes are blocked afterwards.
    pub code_block_duration_minutes: u64,
    /// Wrong passwords of one room in an hour.
    pub password_attempt_limit: u64,
    /// How long that room is blocked afterwards.
    pub password_block_duration_minutes: u64,
    /// Refused joins in a minute.
    pub room_join_limit_per_minute: u64,
}

impl Section for SecurityConfig {
    const NAME: &'static str = "room_security";

    fn validate(&self, check: &mut Check) {
        check.range("code_attempt_limit", &self.code_attempt_limit, &(1..=1_000_000));
        check.range("code_block_duration_minutes", &self.code_block_duration_minutes, &(1..=10_080));
        check.range("password_attempt_limit", &self.password_attempt_limit, &(1..=1_000_000));
        check.range("password_block_duration_minutes", &self.password_block_duration_minutes, &(1..=10_080));
        check.range("room_join_limit_per_minute", &self.room_join_limit_per_minute, &(1..=1_000_000));
    }
}

/// Section `[limits]`, which the gateway checks: the networks without limits by address.
#[derive(Debug, Clone, Deserialize)]
pub struct LimitsConfig {
    /// A school or an office behind one address.
    pub trusted_networks: Vec<IpNet>,
}

impl Section for LimitsConfig {
    const NAME: &'static str = "limits";

    fn validate(&self, _check: &mut Check) {}
}

/// Section `[invitations]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationsConfig {
    /// How long an invite holds whose request does not say it.
    pub default_expiry_hours: i64,
    /// Characters of the code of a new invite.
    pub code_length: usize,
}

impl Section for InvitationsConfig {
    const NAME: &'static str = "invitations";

    fn validate(&self, check: &mut Check) {
        check.range("default_expiry_hours", &self.default_expiry_hours, &(1..=720));
        check.range("code_length", &self.code_length, &(6..=32));
    }
}

impl RoomsConfig {
    pub(crate) fn seat_grace(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.seat_grace_seconds))
    }

    pub(crate) fn defaults(&self) -> RoomDefaults {
        RoomDefaults {
            max_participants: self.default_max_participants,
            allow_public: self.allow_public,
            playback_control: match self.default_playback_control {
                Control::All => PlaybackControl::Everyone,
                Control::Selected => PlaybackControl::Selected,
                Control::OwnerOnly => PlaybackControl::OwnerOnly,
            },
        }
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
