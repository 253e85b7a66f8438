//! media-svc through its own RPCs and its data plane, with a room-svc that the tests hold in their hand and hosts on
//! the loopback interface.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

mod addresses;
mod assets;
mod awaiting;
mod data_plane;
mod durations;
mod edge_cache;
mod embeds;
mod faults;
mod films;
mod hls;
mod host;
mod life_cycle;
mod lists;
mod odd_hosts;
mod partition;
mod playlist;
mod preparing;
mod process;
mod queue;
mod random;
mod repairs;
mod room;
mod sources;
mod subtitles;
mod uploads_client;
mod uploads_resume;
mod uploads_rules;
mod uploads_table;
mod world;
