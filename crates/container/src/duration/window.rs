//! A byte range of a file.

/// A byte range of a file.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// Offset of the first byte.
    pub start: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// The file ends here: fewer bytes came than were asked for.
    pub is_last: bool,
    /// Size of the whole file, where it is known.
    pub size: Option<u64>,
}

impl<'a> Window<'a> {
    /// The bytes from offset `at` on.
    pub(super) fn from(&self, at: u64) -> Option<&'a [u8]> {
        let skipped = usize::try_from(at.checked_sub(self.start)?).ok()?;
        self.bytes.get(skipped..)
    }

    /// The bytes from offset `at` to `end`; `None` unless the window has all of them.
    pub(super) fn between(&self, at: u64, end: u64) -> Option<&'a [u8]> {
        self.from(at)?.get(..usize::try_from(end.checked_sub(at)?).ok()?)
    }
}

/// Takes big-endian numbers off the front of a byte slice.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}
