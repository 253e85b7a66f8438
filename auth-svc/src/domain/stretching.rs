//! Parameters of password stretching. The client stretches, so it is told them, and they are part of the account: a record
//! made with other parameters cannot be opened.

use argon2::{Algorithm, Argon2, Params, Version};

/// Parameters of Argon2id (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretching {
    pub(crate) iterations: i32,
    pub(crate) memory_kib: i32,
    pub(crate) parallelism: i32,
}

impl Stretching {
    /// For new accounts and for unknown names: OWASP's parameters with the least memory, about 70 ms in a browser.
    pub(crate) const DEFAULT: Self = Self { iterations: 2, memory_kib: 19 * 1024, parallelism: 1 };

    pub(crate) fn argon2(self) -> Result<Argon2<'static>, argon2::Error> {
        let [memory, iterations, lanes] =
            [self.memory_kib, self.iterations, self.parallelism].map(i32::unsigned_abs);
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, iterations, lanes, None)?))
    }
}
