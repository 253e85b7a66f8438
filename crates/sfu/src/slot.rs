//! The stream of one slot of one listener. Different people are heard in it one after the other, and to the listener's decoder it is
//! one stream: sequence numbers without holes at a change, timestamps that go on with the time that passed (RFC 3550, 5.1).

use std::time::Instant;

/// Opus has a clock of 48 kHz, whatever it encodes (RFC 7587, 4.1).
const TICKS_PER_MS: u128 = 48;
/// A change of the person moves the timestamp by a packet of 20 ms at least.
const SMALLEST_STEP: u32 = 960;

/// Numbers of a packet of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// Sequence number, extended beyond 16 bits.
    pub seq: u64,
    /// Timestamp.
    pub time: u32,
    /// Whether another person begins here.
    pub is_first: bool,
}

/// Rewrites the numbers of packets. `P` names a source of packets with numbers of its own.
pub struct Slot<P> {
    source: Option<P>,
    /// Sequence number and timestamp of the source where it began.
    from: (u64, u32),
    /// The numbers that stand for `from` in the slot.
    to: (u64, u32),
    /// The highest numbers so far, and when.
    last: (u64, u32),
    last_at: Option<Instant>,
}

impl<P: Copy + Eq> Slot<P> {
    /// A stream that begins with these numbers. `seq` is below 65,536: the receiver does not know of earlier rounds (RFC 3711, 3.3.1).
    pub fn new(seq: u16, time: u32) -> Self {
        let first = (u64::from(seq), time);
        Self { source: None, from: first, to: first, last: first, last_at: None }
    }

    /// The numbers under which a packet goes out. `None`: it comes from before the source's first one here.
    pub fn rewrite(&mut self, source: P, seq: u64, time: u32, now: Instant) -> Option<Numbers> {
        let is_first = self.source != Some(source);
        if is_first {
            self.source = Some(source);
            self.from = (seq, time);
            if let Some(last_at) = self.last_at {
                let passed = now.saturating_duration_since(last_at).as_millis() * TICKS_PER_MS;
                let step = u32::try_from(passed).unwrap_or(u32::MAX / 2).max(SMALLEST_STEP);
                self.to = (self.last.0 + 1, self.last.1.wrapping_add(step));
            }
        }
        let seq = self.to.0 + seq.checked_sub(self.from.0)?;
        let time = self.to.1.wrapping_add(time.wrapping_sub(self.from.1));
        if seq >= self.last.0 {
            self.last = (seq, time);
            self.last_at = Some(now);
        }
        Some(Numbers { seq, time, is_first })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_stream_goes_on_when_the_person_changes() {
        let (mut slot, start) = (Slot::new(65_530, u32::MAX - 100), Instant::now());
        let one = slot.rewrite('m', 9000, 1_000_000, start).unwrap();
        assert_eq!(one, Numbers { seq: 65_530, time: u32::MAX - 100, is_first: true });
        // A lost packet stays a hole; one that is late fills it.
        let later = slot.rewrite('m', 9002, 1_001_920, start).unwrap();
        assert_eq!((later.seq, later.time, later.is_first), (65_532, 1819, false));
        assert_eq!(slot.rewrite('m', 9001, 1_000_960, start).unwrap().seq, 65_531);
        let other = slot.rewrite('b', 7, 500, start + Duration::from_millis(100)).unwrap();
        assert_eq!(other, Numbers { seq: 65_533, time: 1819 + 4800, is_first: true });
        assert_eq!(slot.rewrite('b', 6, 0, start), None, "it would take a number that is in use");
        let again = slot.rewrite('m', 9100, 0, start).unwrap();
        assert_eq!((again.seq, again.time), (65_534, 1819 + 4800 + 960), "no time passed: a packet's length");
    }

    proptest! {
        // Sources that send in order are in order in the slot, each number once, and time never runs back.
        #[test]
        fn numbers_only_grow(steps in prop::collection::vec((0u8..4, 1u64..4, 1u32..3000, 0u64..500), 1..300)) {
            let (mut slot, mut now) = (Slot::new(7, 7), Instant::now());
            let mut sources = [(1_000_000u64, 5u32); 4];
            let mut last: Option<Numbers> = None;
            for (source, seq, time, ms) in steps {
                let numbers = &mut sources[usize::from(source)];
                *numbers = (numbers.0 + seq, numbers.1.wrapping_add(time));
                now += Duration::from_millis(ms);
                let sent = slot.rewrite(source, numbers.0, numbers.1, now).unwrap();
                if let Some(last) = last {
                    let is_next = if sent.is_first { sent.seq == last.seq + 1 } else { sent.seq == last.seq + seq };
                    prop_assert!(is_next);
                    prop_assert!(sent.time.wrapping_sub(last.time) < u32::MAX / 2);
                }
                last = Some(sent);
            }
        }
    }
}
