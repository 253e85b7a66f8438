//! Boxes: a size, a type, and the content.

/// The boxes of some bytes, in order. Ends at the first box that is not whole.
#[derive(Debug, Clone)]
pub struct Boxes<'a>(pub &'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    /// Type, content, and the whole box.
    type Item = ([u8; 4], &'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, header, size) = header(self.0)?;
        let size = usize::try_from(size).ok().filter(|size| *size >= header)?;
        let (whole, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some((kind, whole.get(header..)?, whole))
    }
}

/// Type, length of the header, and size of the box that begins with these bytes. `None`: more bytes are needed, or it has no end.
pub(crate) fn header(bytes: &[u8]) -> Option<([u8; 4], usize, u64)> {
    let size = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    let kind = bytes.get(4..8)?.try_into().ok()?;
    match size {
        1 => Some((kind, 16, u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?))),
        size => Some((kind, 8, u64::from(size))),
    }
}

/// Content of the first box at the end of a path, such as `[b"moov", b"trak"]`.
pub fn find<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, kind| {
        Boxes(bytes).find(|(found, ..)| found == *kind).map(|(_, content, _)| content)
    })
}
