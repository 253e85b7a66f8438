//! The end of a fragmented film that states its length nowhere: its last fragments state when they end. They are listed
//! in `mfra`, the last box of many such files, whose size `mfro` at the very end gives (ISO/IEC 14496-12, 8.8.9 to
//! 8.8.11). Without it, the tail of the file is searched for a fragment. A fragment counts only if box follows box from it
//! to the very end of the file: media may contain any bytes, and the file may be truncated.

use super::{
    super::{LARGEST_READ, Step, WINDOW_BYTES, window::Fields, window::Window},
    boxes::{Header, find, inner},
    tracks::Tracks,
};

/// Bytes searched at a time.
const SEARCHED_AT_ONCE: u64 = 512 * 1024;

/// Bytes of the tail that are searched: eight seconds at four megabits per second.
const MOST_SEARCHED: u64 = 4 * 1024 * 1024;

/// Size of `mfro`.
const FOOTER_BYTES: u64 = 16;

/// Boxes that may stand beside fragments.
const BESIDE: [&[u8; 4]; 12] = [
    b"mdat", b"mfra", b"free", b"skip", b"styp", b"sidx", b"ssix", b"prft", b"emsg", b"uuid", b"meta",
    b"udta",
];

/// The way to the end of the last fragment.
#[derive(Debug)]
pub(super) struct Tail {
    tracks: Tracks,
    /// End of `moov`: fragments follow it.
    first: u64,
    /// Size of the file.
    size: u64,
    place: Place,
    /// The latest end of the fragments so far.
    end_us: i64,
}

#[derive(Debug)]
enum Place {
    /// At `mfro`, which ends the file.
    Footer,
    /// At the list of fragments, which begins here and ends the file.
    List(u64),
    /// Searching for a fragment that begins before this offset.
    Search(u64),
    /// At a box, among the last fragments.
    Fragments {
        at: u64,
        /// The media of the last fragment are still missing.
        is_bare: bool,
    },
}

impl Tail {
    pub(super) fn new(tracks: Tracks, first: u64, size: u64) -> Self {
        Self { tracks, first, size, place: Place::Footer, end_us: 0 }
    }

    /// Goes on as far as the window reaches.
    pub(super) fn walk(&mut self, window: &Window<'_>) -> Step {
        loop {
            let next = match self.place {
                Place::Footer => self.footer(window),
                Place::List(at) => self.list(window, at),
                Place::Search(before) => self.search(window, before),
                Place::Fragments { at, is_bare } => self.fragments(window, at, is_bare),
            };
            match next {
                Ok(place) => self.place = place,
                Err(step) => return step,
            }
        }
    }

    fn footer(&self, window: &Window<'_>) -> Result<Place, Step> {
        let Some(bytes) = window.between(self.size.saturating_sub(FOOTER_BYTES), self.size) else {
            return Err(self.read(self.size.saturating_sub(WINDOW_BYTES as u64), FOOTER_BYTES));
        };
        let list = || {
            let boxes = inner(bytes)?;
            let mut fields = Fields(find(&boxes, *b"mfro")?);
            fields.skip(4)?;
            self.size.checked_sub(fields.u32()?.into()).filter(|at| *at > self.first)
        };
        Ok(list().map_or(Place::Search(self.size), Place::List))
    }

    fn list(&self, window: &Window<'_>, at: u64) -> Result<Place, Step> {
        let Some(bytes) = window.between(at, self.size) else {
            return Err(self.read(at, self.size - at));
        };
        let listed = inner(bytes).and_then(|boxes| last_listed(find(&boxes, *b"mfra")?));
        let listed = listed.filter(|fragment| (self.first..at).contains(fragment));
        Ok(listed.map_or(Place::Search(self.size), |at| Place::Fragments { at, is_bare: false }))
    }

    fn search(&self, window: &Window<'_>, before: u64) -> Result<Place, Step> {
        if before <= self.first || self.size - before >= MOST_SEARCHED {
            return Err(Step::Done(None));
        }
        let start = before.saturating_sub(SEARCHED_AT_ONCE).max(self.first);
        // Includes the rest of a header that begins just before `before`.
        let end = before.saturating_add(8).min(self.size);
        let Some(bytes) = window.between(start, end) else {
            return Err(self.read(start, end - start));
        };
        let candidates =
            (start..before).zip(bytes.windows(8)).filter(|(_, header)| header.ends_with(b"moof"));
        let found = candidates.map(|(at, _)| at).find(|at| self.is_fragment(window, *at));
        Ok(found.map_or(Place::Search(start), |at| Place::Fragments { at, is_bare: false }))
    }

    /// Whether a fragment begins at `at` and box follows box behind it, as far as the window reaches.
    fn is_fragment(&self, window: &Window<'_>, mut at: u64) -> bool {
        while at < self.size
            && let Some(header) = window.from(at).and_then(Header::read)
        {
            let Some((begin, end)) = self.content(&header, at) else { return false };
            if header.kind == *b"moof"
                && window.between(begin, end).is_some_and(|moof| self.tracks.end_us(moof).is_none())
            {
                return false;
            }
            at = end;
        }
        true
    }

    fn fragments(&mut self, window: &Window<'_>, at: u64, is_bare: bool) -> Result<Place, Step> {
        if at == self.size {
            return Err(Step::Done(Some(self.end_us).filter(|end_us| *end_us > 0 && !is_bare)));
        }
        let Some(header) = window.from(at).and_then(Header::read) else {
            return Err(self.read(at, 0));
        };
        let Some((begin, end)) = self.content(&header, at) else { return Err(Step::Done(None)) };
        if header.kind != *b"moof" {
            return Ok(Place::Fragments { at: end, is_bare: is_bare && header.kind != *b"mdat" });
        }
        let Some(moof) = window.between(begin, end) else { return Err(self.read(at, end - at)) };
        let end_us = self.tracks.end_us(moof).ok_or(Step::Done(None))?;
        self.end_us = self.end_us.max(end_us);
        Ok(Place::Fragments { at: end, is_bare: true })
    }

    /// Begin and end of the content of a box at `at`, if it may stand there.
    fn content(&self, header: &Header, at: u64) -> Option<(u64, u64)> {
        if header.kind != *b"moof" && !BESIDE.contains(&&header.kind) {
            return None;
        }
        header.content(at).filter(|(_, end)| *end <= self.size)
    }

    /// Asks for `needed` bytes from `at`, and for a usual range where the file has one.
    fn read(&self, at: u64, needed: u64) -> Step {
        let length = needed.max(WINDOW_BYTES as u64).min(self.size - at);
        Step::Read { at, length: usize::try_from(length).unwrap_or(LARGEST_READ + 1) }
    }
}

/// Offset from which the last fragments of all tracks follow: the lowest of the last entries that an `mfra` lists.
fn last_listed(mfra: &[u8]) -> Option<u64> {
    let boxes = inner(mfra)?;
    let lists = boxes.iter().filter(|inner| inner.kind == *b"tfra").map(|tfra| {
        let mut fields = Fields(tfra.content);
        let is_long = fields.u32()? >> 24 == 1;
        fields.skip(4)?;
        let widths = fields.u32()?;
        let count = usize::try_from(fields.u32()?).ok()?;
        let place = if is_long { 8 } else { 4 };
        // A time and an offset, then three numbers of one to four bytes each.
        let numbers = [widths >> 4, widths >> 2, widths].into_iter().map(|width| (width & 3) as usize + 1);
        let row = 2 * place + numbers.sum::<usize>();
        fields.skip(count.checked_sub(1)?.checked_mul(row)?.checked_add(place)?)?;
        if is_long { fields.u64() } else { fields.u32().map(u64::from) }
    });
    lists.collect::<Option<Vec<_>>>()?.into_iter().min()
}
