//! Section `[uploads]` of the settings.

use runtime::{Check, Section};
use serde::Deserialize;

/// Settings of uploads; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadsConfig {
    /// Takes files of people.
    pub enabled: bool,
    /// Takes files of guests too.
    pub guests: bool,
    /// Largest file in bytes.
    pub max_size_bytes: u64,
    /// Longest film in seconds.
    pub max_duration_s: u32,
    /// Storage of one person in bytes.
    pub quota_bytes: u64,
    /// Uploads that one person may begin within an hour.
    pub per_hour: u32,
    /// Bytes that one person may send in a second.
    pub bandwidth_bytes_per_s: u64,
    /// Bytes that go through at full speed before that.
    pub burst_bytes: u64,
    /// Days after which the upload of an account is deleted; 0: never.
    pub keep_days: u32,
    /// Hours after its last byte until an unfinished upload is deleted.
    pub unfinished_hours: u32,
    /// Hours until the upload of a guest is deleted that no playlist has any more.
    pub guest_unused_hours: u32,
    /// Host and port of a clamd; empty: nothing is scanned.
    pub clamd: String,
}

/// What a `bigint` of the database holds, far above what any disk does.
const MOST_BYTES: u64 = 1 << 60;

impl Section for UploadsConfig {
    const NAME: &'static str = "uploads";

    fn validate(&self, check: &mut Check) {
        check.range("max_size_bytes", &self.max_size_bytes, &(1..=MOST_BYTES));
        check.range("quota_bytes", &self.quota_bytes, &(1..=MOST_BYTES));
        // A week, as for every item.
        check.range("max_duration_s", &self.max_duration_s, &(1..=604_800));
        check.range("per_hour", &self.per_hour, &(1..=10_000));
        // Slower, a part takes so long that clients give up.
        check.range("bandwidth_bytes_per_s", &self.bandwidth_bytes_per_s, &(16_384..=MOST_BYTES));
        check.range("burst_bytes", &self.burst_bytes, &(1..=MOST_BYTES));
        check.range("keep_days", &self.keep_days, &(0..=36_500));
        check.range("unfinished_hours", &self.unfinished_hours, &(1..=8760));
        check.range("guest_unused_hours", &self.guest_unused_hours, &(1..=8760));
        if !self.clamd.is_empty() && !self.clamd.contains(':') {
            check.fault("clamd", "is not a host and a port, such as \"127.0.0.1:3310\"");
        }
    }
}

impl UploadsConfig {
    /// Longest film.
    pub(crate) fn max_duration(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.max_duration_s.into())
    }
}
