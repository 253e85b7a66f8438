//! room-svc through its own RPCs, on a real database.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod arrange;
mod assets;
mod chat;
mod chat_changes;
mod chat_lines;
mod chat_moderation;
mod chat_rules;
mod chat_search;
mod history;
mod invites;
mod joining;
mod life_cycle;
mod lists;
mod live;
mod members;
mod outbox;
mod owners;
mod permissions;
mod playlist;
mod private_rooms;
mod process;
mod queue;
mod removals;
mod room_passwords;
mod rooms;
mod settings;
mod tickets;
mod world;
