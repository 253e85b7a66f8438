//! Parameters of password stretching. The client stretches, so it is told them, and they are kept with the record: one that was
//! made with other parameters cannot be opened.

use argon2::{Algorithm, Argon2, Params, Version};

/// Parameters of Argon2id (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretching {
    /// Number of passes.
    pub iterations: i32,
    /// Memory in KiB.
    pub memory_kib: i32,
    /// Number of lanes.
    pub parallelism: i32,
}

impl Stretching {
    /// For new records and for unknown names: OWASP's parameters with the least memory, about 70 ms in a browser.
    pub const DEFAULT: Self = Self { iterations: 2, memory_kib: 19 * 1024, parallelism: 1 };

    pub(crate) fn argon2(self) -> Result<Argon2<'static>, argon2::Error> {
        let [memory, iterations, lanes] =
            [self.memory_kib, self.iterations, self.parallelism].map(i32::unsigned_abs);
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, iterations, lanes, None)?))
    }
}
