//! The resources that one socket observes.

use std::sync::{Arc, atomic::Ordering};

use rpc::{Error, Reason};

use super::hub::Hub;

/// Resources that one connection may observe.
const MAX: usize = 64;
const WORD: usize = u64::BITS as usize;

/// A set of resources by their numbers. The hub counts who observes what, until the set is dropped.
pub(crate) struct Observed {
    hub: Arc<Hub>,
    words: Box<[u64]>,
}

impl Observed {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        let words = vec![0; hub.resources().bound().div_ceil(WORD)];
        Self { hub, words: words.into() }
    }

    pub(crate) fn has(&self, number: i32) -> bool {
        usize::try_from(number).is_ok_and(|number| {
            self.words.get(number / WORD).is_some_and(|word| word >> (number % WORD) & 1 == 1)
        })
    }

    /// The numbers of the resources.
    pub(crate) fn iter(&self) -> impl Iterator<Item = i32> {
        (0..).take(self.words.len() * WORD).filter(|number| self.has(*number))
    }

    /// Adds a resource that the hub knows.
    pub(crate) fn add(&mut self, number: i32) -> Result<(), Error> {
        if self.has(number) {
            return Ok(());
        }
        if self.iter().count() >= MAX {
            let message =
                format!("this connection observes {MAX} resources, the maximum; stop observing one of them");
            return Err(Error::new(Reason::TooManyObservations, message).with("max", MAX));
        }
        self.flip(number);
        if let Some(observers) = self.hub.observers(number) {
            observers.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, number: i32) {
        if self.has(number) {
            self.flip(number);
            if let Some(observers) = self.hub.observers(number) {
                observers.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    fn flip(&mut self, number: i32) {
        if let Ok(number) = usize::try_from(number)
            && let Some(word) = self.words.get_mut(number / WORD)
        {
            *word ^= 1 << (number % WORD);
        }
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        for number in self.iter().collect::<Vec<_>>() {
            self.remove(number);
        }
    }
}
