//! Boxes, of which an mp4 file consists (ISO/IEC 14496-12, 4.2).

use super::super::window::Fields;

/// Boxes that are read within one box, at most; those of films have a dozen.
const MOST_BOXES: usize = 1024;

/// The header of a box.
pub(super) struct Header {
    pub(super) kind: [u8; 4],
    /// Bytes of the header itself.
    pub(super) length: u64,
    /// Bytes of the whole box; `None`: it extends to the end of the file.
    pub(super) size: Option<u64>,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let size = fields.u32()?;
        let kind = fields.u32()?.to_be_bytes();
        Some(match size {
            0 => Self { kind, length: 8, size: None },
            1 => Self { kind, length: 16, size: Some(fields.u64()?) },
            size => Self { kind, length: 8, size: Some(size.into()) },
        })
    }

    /// Begin and end of the content of a box at offset `at`; `None` for an impossible size.
    pub(super) fn content(&self, at: u64) -> Option<(u64, u64)> {
        let size = self.size.filter(|size| *size >= self.length)?;
        Some((at.checked_add(self.length)?, at.checked_add(size)?))
    }
}

/// A box within another one.
pub(super) struct Inner<'a> {
    pub(super) kind: [u8; 4],
    pub(super) content: &'a [u8],
}

/// The boxes that fill `content`; `None` unless they fill it to the last byte.
pub(super) fn inner(mut content: &[u8]) -> Option<Vec<Inner<'_>>> {
    let mut boxes = Vec::new();
    while !content.is_empty() {
        let header = Header::read(content)?;
        let (begin, end) = header.content(0)?;
        let (begin, end) = (usize::try_from(begin).ok()?, usize::try_from(end).ok()?);
        boxes.push(Inner { kind: header.kind, content: content.get(begin..end)? });
        content = &content[end..];
        if boxes.len() > MOST_BOXES {
            return None;
        }
    }
    Some(boxes)
}

/// The content of the first box of a kind.
pub(super) fn find<'a>(boxes: &[Inner<'a>], kind: [u8; 4]) -> Option<&'a [u8]> {
    boxes.iter().find(|inner| inner.kind == kind).map(|inner| inner.content)
}
