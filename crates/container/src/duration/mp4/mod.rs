//! mp4: the ISO base media file format (ISO/IEC 14496-12). A plain file has its length in `moov/mvhd`, before or
//! behind its samples. A fragmented file has the length of its first part there, and of the whole in `moov/mvex/mehd` or in
//! the segment indexes (`sidx`) in front of the fragments. Without both, the end of its last fragments counts.

mod boxes;
mod tail;
mod tracks;

use self::{boxes::Header, tail::Tail, tracks::Tracks};
use super::{
    Step, microseconds, read,
    window::{Fields, Window},
};

/// Each index costs a read. A file with more indexes, one in front of each fragment, is measured at its end instead.
const MOST_INDEXES: u32 = 32;

/// Position of the walk through the boxes, and what they state.
#[derive(Debug, Default)]
pub(super) struct Mp4 {
    /// Offset of the next box.
    at: u64,
    /// Begin and end of the content of `moov`, once it was found.
    movie_at: Option<(u64, u64)>,
    /// All of `moov` was read.
    is_behind_movie: bool,
    movie: Option<Movie>,
    /// It has an `mvex` box.
    is_fragmented: bool,
    /// Length stated by `mehd`, in the units of the movie.
    fragments_length: Option<u64>,
    index: Option<Index>,
    indexes: u32,
    /// Nothing in front of the fragments states the length of the film.
    is_told_by_tail: bool,
    tail: Option<Tail>,
}

#[derive(Debug, Clone, Copy)]
struct Movie {
    per_second: u32,
    length: u64,
}

/// Sum of the segment indexes of one track.
#[derive(Debug, Clone, Copy)]
struct Index {
    track: u32,
    per_second: u32,
    length: u64,
}

impl Mp4 {
    /// Goes on as far as the window reaches.
    pub(super) fn walk(&mut self, window: &Window<'_>) -> Step {
        if let Some(tail) = &mut self.tail {
            return tail.walk(window);
        }
        loop {
            if self.is_told_by_tail {
                return self.walk_tail(window);
            }
            if !self.is_behind_movie
                && self.movie_at.is_some_and(|(_, end)| self.at >= end)
                && let Some(step) = self.behind_the_movie()
            {
                return step;
            }
            let Some(bytes) = window.from(self.at) else { return read(self.at, 0) };
            let Some(header) = Header::read(bytes) else { return read(self.at, 0) };
            // The last box: it extends to the end of the file.
            if header.size.is_none() {
                return Step::Done(self.at_the_end());
            }
            let Some((begin, end)) = header.content(self.at) else { return Step::Done(None) };
            match &header.kind {
                b"moov" => {
                    self.movie_at = Some((begin, end));
                    self.at = begin;
                    continue;
                }
                b"mvex" => {
                    self.is_fragmented = true;
                    self.at = begin;
                    continue;
                }
                b"moof" if self.index.is_none() => {
                    self.is_told_by_tail = true;
                    continue;
                }
                b"mvhd" | b"mehd" | b"sidx" => {
                    let Some(content) = window.between(begin, end) else {
                        return read(self.at, end - self.at);
                    };
                    let Some(next) = self.take(header.kind, content, end) else { return Step::Done(None) };
                    self.at = next;
                    continue;
                }
                _ => {}
            }
            self.at = end;
        }
    }

    /// The length at the end of the file, where no further box follows.
    pub(super) fn at_the_end(&self) -> Option<i64> {
        let index = self.index.filter(|_| !self.is_told_by_tail)?;
        microseconds(index.length, index.per_second)
    }

    /// Ends the measurement behind `moov` if that was enough.
    fn behind_the_movie(&mut self) -> Option<Step> {
        self.is_behind_movie = true;
        let Some(movie) = self.movie else { return Some(Step::Done(None)) };
        let length = if self.is_fragmented { self.fragments_length? } else { movie.length };
        Some(Step::Done(microseconds(length, movie.per_second)))
    }

    /// Continues at the end of the file with the tracks of `moov`, which may have to be read again.
    fn walk_tail(&mut self, window: &Window<'_>) -> Step {
        let (Some((begin, end)), Some(size)) = (self.movie_at, window.size) else { return Step::Done(None) };
        let Some(movie) = window.between(begin, end) else { return read(begin, end.saturating_sub(begin)) };
        let Some(tracks) = Tracks::read(movie) else { return Step::Done(None) };
        self.tail.insert(Tail::new(tracks, end, size)).walk(window)
    }

    /// Reads a box that matters. Returns the offset of the next one.
    fn take(&mut self, kind: [u8; 4], content: &[u8], end: u64) -> Option<u64> {
        let mut fields = Fields(content);
        let is_long = fields.u32()? >> 24 == 1;
        match &kind {
            b"mvhd" => {
                // Times of creation and change.
                fields.skip(if is_long { 16 } else { 8 })?;
                let per_second = fields.u32()?;
                self.movie = Some(Movie { per_second, length: length(&mut fields, is_long)? });
                Some(end)
            }
            b"mehd" => {
                self.fragments_length = Some(length(&mut fields, is_long)?).filter(|length| *length > 0);
                Some(end)
            }
            _ => self.take_index(fields, is_long, end),
        }
    }

    /// Adds a segment index and skips the segments that it lists: another index may follow them.
    fn take_index(&mut self, mut fields: Fields<'_>, is_long: bool, end: u64) -> Option<u64> {
        let (track, per_second) = (fields.u32()?, fields.u32()?);
        let width = if is_long { 8 } else { 4 };
        fields.skip(width)?;
        let first = if is_long { fields.u64()? } else { fields.u32()?.into() };
        fields.skip(2)?;
        let (mut size, mut length) = (0_u64, 0_u64);
        for _ in 0..fields.u16()? {
            // The highest bit tells an index from media; both count with their size.
            size += u64::from(fields.u32()? & 0x7fff_ffff);
            length += u64::from(fields.u32()?);
            fields.skip(4)?;
        }
        self.indexes += 1;
        self.is_told_by_tail = self.indexes > MOST_INDEXES;
        let index = self.index.get_or_insert(Index { track, per_second, length: 0 });
        if index.track == track && index.per_second == per_second {
            index.length = index.length.checked_add(length)?;
        }
        end.checked_add(first)?.checked_add(size)
    }
}

/// A length in its short or its long form. All ones mean unknown.
fn length(fields: &mut Fields<'_>, is_long: bool) -> Option<u64> {
    if is_long {
        return fields.u64().map(|length| if length == u64::MAX { 0 } else { length });
    }
    fields.u32().map(|length| if length == u32::MAX { 0 } else { length.into() })
}
