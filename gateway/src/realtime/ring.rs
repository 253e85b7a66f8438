//! The last entries of a hub. Each socket keeps a cursor into the ring, so a slow one costs no queue; a socket whose cursor
//! falls behind the ring starts again from a snapshot.

use std::{collections::VecDeque, sync::Arc};

/// Entries that a room keeps for sockets that are a little behind.
pub(crate) const LENGTH: usize = 256;
/// Entries that a socket takes at a time, so that it answers pings in between.
const BATCH: usize = 32;

/// The last [`LENGTH`] entries, numbered from 0.
#[derive(Debug)]
pub(crate) struct Ring<T> {
    entries: VecDeque<Arc<T>>,
    next: u64,
}

/// A cursor points to an entry that has left the ring.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Behind;

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), next: 0 }
    }
}

impl<T> Ring<T> {
    /// Adds an entry. Returns the number of the one after it.
    pub(crate) fn push(&mut self, entry: Arc<T>) -> u64 {
        if self.entries.len() == LENGTH {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
        self.next += 1;
        self.next
    }

    /// The number that the next entry will have.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Some entries from `cursor` on.
    pub(crate) fn read(&self, cursor: u64) -> Result<Vec<Arc<T>>, Behind> {
        let first = self.next - self.entries.len() as u64;
        let skip = usize::try_from(cursor.checked_sub(first).ok_or(Behind)?).map_err(|_| Behind)?;
        Ok(self.entries.iter().skip(skip).take(BATCH).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(ring: &Ring<u64>, cursor: u64) -> Result<Vec<u64>, Behind> {
        Ok(ring.read(cursor)?.into_iter().map(|entry| *entry).collect())
    }

    #[test]
    fn a_cursor_sees_each_entry_once_and_in_order() {
        let mut ring = Ring::default();
        for number in 0..3 {
            ring.push(Arc::new(number));
        }
        assert_eq!(numbers(&ring, 0), Ok(vec![0, 1, 2]));
        assert_eq!(numbers(&ring, 2), Ok(vec![2]));
        assert_eq!(numbers(&ring, 3), Ok(vec![]));
    }

    #[test]
    fn a_lagging_cursor_reports_the_gap() {
        let mut ring = Ring::default();
        for number in 0..=LENGTH as u64 {
            ring.push(Arc::new(number));
        }
        assert_eq!(numbers(&ring, 0), Err(Behind));
        assert_eq!(numbers(&ring, 1).unwrap().len(), BATCH);
    }
}
