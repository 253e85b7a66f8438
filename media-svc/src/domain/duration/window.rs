//! A part of a file.

/// Bytes of a file, and where they stand in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    /// Of the first of them.
    pub(crate) start: u64,
    pub(crate) bytes: &'a [u8],
    /// Fewer came than were asked for: behind them the file has nothing.
    pub(crate) is_last: bool,
    /// Of the whole file, where that is known.
    pub(crate) size: Option<u64>,
}

impl<'a> Window<'a> {
    /// What it has from `at` on.
    pub(super) fn from(&self, at: u64) -> Option<&'a [u8]> {
        let skipped = usize::try_from(at.checked_sub(self.start)?).ok()?;
        self.bytes.get(skipped..)
    }

    /// What it has from `at` to `end`, if it has all of that.
    pub(super) fn between(&self, at: u64, end: u64) -> Option<&'a [u8]> {
        self.from(at)?.get(..usize::try_from(end.checked_sub(at)?).ok()?)
    }
}

/// Takes numbers off the front of bytes, big end first.
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
