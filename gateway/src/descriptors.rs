//! File descriptors, of which a process has a bounded number. Some are reserved for the rest of the process: health checks,
//! the database, files.

use std::os::fd::RawFd;

use nix::sys::resource::{Resource, getrlimit};

/// One in this many descriptors is reserved.
const RESERVED_SHARE: u64 = 8;
const MIN_RESERVED: u64 = 32;
const MAX_RESERVED: u64 = 1024;

/// The first descriptor that a connection does not get. The kernel hands out the lowest free number, so the number of a
/// new descriptor tells how many are in use.
pub(crate) fn ceiling() -> RawFd {
    getrlimit(Resource::RLIMIT_NOFILE).map_or(RawFd::MAX, |(soft, _)| below(soft))
}

fn below(limit: u64) -> RawFd {
    let reserved = (limit / RESERVED_SHARE).clamp(MIN_RESERVED, MAX_RESERVED);
    RawFd::try_from(limit.saturating_sub(reserved)).unwrap_or(RawFd::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_descriptors_are_kept_in_reserve() {
        assert_eq!(below(1024), 896);
        assert_eq!(below(256), 224);
        assert_eq!(below(524_288), 523_264);
        assert_eq!(below(20), 0);
        assert_eq!(below(u64::MAX), RawFd::MAX);
    }
}
