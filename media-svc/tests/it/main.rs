//! media-svc through its own RPCs and its data plane, with a room-svc that the tests hold in their hand and hosts on
//! the loopback interface.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod addresses;
mod assets;
mod data_plane;
mod durations;
mod embeds;
mod host;
mod lists;
mod odd_hosts;
mod playlist;
mod process;
mod room;
mod sources;
mod subtitles;
mod world;
