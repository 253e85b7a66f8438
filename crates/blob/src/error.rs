//! What goes wrong with objects.

use crate::Key;

/// What goes wrong with objects.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such object.
    #[error("there is no object `{0}`")]
    NotFound(Key),
    /// The range starts behind the end of the object.
    #[error("object `{key}` has {size} bytes, and the range starts at {start}")]
    RangeNotSatisfiable {
        /// Which object.
        key: Key,
        /// How large it is.
        size: u64,
        /// Where the range starts.
        start: u64,
    },
    /// The store, or the body that was to be written, failed.
    #[error("cannot {attempt}")]
    Io {
        /// What was attempted, and with what.
        attempt: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}

/// What goes wrong with objects.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Says what was attempted; used as `.map_err(attempting(|| …))`.
pub(crate) fn attempting(attempt: impl FnOnce() -> String) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Io { attempt: attempt(), source }
}
