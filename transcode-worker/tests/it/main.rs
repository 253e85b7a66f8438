//! The program as people run it, and the service with a fake of media-svc, on files that `ffmpeg` made.

#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]
#![allow(clippy::similar_names, reason = "a desk has tasks")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "films of the tests last seconds"
)]

mod copying;
mod desk;
mod encoding;
mod film;
mod leases;
mod loudness;
mod plans;
mod played;
mod probing;
mod process;
mod program;
mod sidecars;
mod watchdog;
