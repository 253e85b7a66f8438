//! Chooses the speakers of a room: the loudest people, with hysteresis so that a slot does not flicker.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// Number of people who are heard at once.
pub const SLOTS: usize = 4;

/// A person keeps a slot for this time at least.
const HOLD: Duration = Duration::from_millis(800);
/// Difference in level by which a louder person replaces the quietest one in a slot, in dB.
const MARGIN_DB: f32 = 6.0;
/// Share of a packet in the smoothed level, while it rises and while it falls: about 40 ms and 400 ms for packets of 20 ms.
const ATTACK: f32 = 0.4;
const RELEASE: f32 = 0.05;
/// A person who sends nothing (DTX) becomes quieter by this much each second, after the time that packets may be apart.
const DECAY_DB_PER_SECOND: f32 = 60.0;
const EXPECTED_GAP: Duration = Duration::from_millis(60);
/// The level of a person after a pause starts this much below the first packet, in dB: speech gets a slot within 100 ms, and a click
/// gets none.
const ONSET_DB: f32 = 10.0;
const PAUSE: Duration = Duration::from_millis(200);
/// Digital silence. RFC 6464 gives levels of -127 to 0 dB relative to the loudest possible sound (dBov).
const SILENCE_DB: f32 = -127.0;
/// Quieter packets are background noise below any microphone's: they take no slot.
const AUDIBLE_DB: f32 = -100.0;

/// The smoothed level of a person.
struct Voice {
    level_db: f32,
    at: Instant,
}

impl Voice {
    fn add(&mut self, level_db: f32, now: Instant) {
        let is_onset = now.saturating_duration_since(self.at) >= PAUSE;
        let before = if is_onset { level_db - ONSET_DB } else { self.at(now) };
        let share = if level_db > before { ATTACK } else { RELEASE };
        self.level_db = before + share * (level_db - before);
        self.at = now;
    }

    /// The level now, lower than after the last packet when that was some time ago.
    fn at(&self, now: Instant) -> f32 {
        let silent = now.saturating_duration_since(self.at).saturating_sub(EXPECTED_GAP);
        (self.level_db - DECAY_DB_PER_SECOND * silent.as_secs_f32()).max(SILENCE_DB)
    }
}

/// The people of one room who send, and the slots in which everybody hears them. `P` names a person.
pub struct Speakers<P> {
    slots: [Option<(P, Instant)>; SLOTS],
    voices: HashMap<P, Voice>,
}

/// The slot of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The slot of the person.
    pub slot: usize,
    /// Whether they got it with this packet.
    pub is_new: bool,
}

impl<P> Default for Speakers<P> {
    fn default() -> Self {
        Self { slots: std::array::from_fn(|_| None), voices: HashMap::new() }
    }
}

impl<P: Copy + Eq + Hash> Speakers<P> {
    /// Takes the level of a packet in dBov, -127 to 0. Returns where it is heard; `None`: others are louder.
    pub fn hear(&mut self, person: P, level_db: f32, now: Instant) -> Option<Heard> {
        let first = || Voice { level_db: level_db - ONSET_DB, at: now };
        self.voices.entry(person).or_insert_with(first).add(level_db, now);
        if let Some(slot) = self.slot_of(person) {
            return Some(Heard { slot, is_new: false });
        }
        if level_db < AUDIBLE_DB {
            return None;
        }
        let slot = self.slots.iter().position(Option::is_none).or_else(|| self.slot_to_win(person, now))?;
        self.slots[slot] = Some((person, now));
        Some(Heard { slot, is_new: true })
    }

    /// The slot of the quietest person, if `person` may have it.
    fn slot_to_win(&self, person: P, now: Instant) -> Option<usize> {
        let level = |person: &P| self.voices.get(person).map_or(SILENCE_DB, |voice| voice.at(now));
        let (slot, quietest) = self
            .slots
            .iter()
            .enumerate()
            .filter_map(|(slot, holder)| holder.as_ref().map(|holder| (slot, holder)))
            .filter(|(_, (_, since))| now.saturating_duration_since(*since) >= HOLD)
            .map(|(slot, (holder, _))| (slot, level(holder)))
            .min_by(|(_, one), (_, other)| one.total_cmp(other))?;
        (level(&person) >= quietest + MARGIN_DB).then_some(slot)
    }

    /// Forgets a person who left or was muted. Returns whether they had a slot.
    pub fn remove(&mut self, person: P) -> bool {
        self.voices.remove(&person);
        let slot = self.slot_of(person);
        if let Some(slot) = slot {
            self.slots[slot] = None;
        }
        slot.is_some()
    }

    /// The person in each slot.
    pub fn slots(&self) -> [Option<P>; SLOTS] {
        self.slots.each_ref().map(|holder| holder.as_ref().map(|(person, _)| *person))
    }

    fn slot_of(&self, person: P) -> Option<usize> {
        self.slots.iter().position(|holder| holder.as_ref().is_some_and(|(holder, _)| *holder == person))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACKET: Duration = Duration::from_millis(20);
    const SPEECH: f32 = -25.0;
    const NOISE: f32 = -75.0;

    /// Lets people send for a time, and returns what came of the last packet of the last one.
    fn send(speakers: &mut Speakers<u8>, now: &mut Instant, people: &[(u8, f32)], ms: u64) -> Option<Heard> {
        let mut last = None;
        for _ in 0..ms / 20 {
            *now += PACKET;
            for (person, level) in people {
                last = speakers.hear(*person, *level, *now);
            }
        }
        last
    }

    fn full(now: &mut Instant) -> Speakers<u8> {
        let mut speakers = Speakers::default();
        let people: Vec<_> = (0..4).map(|person| (person, SPEECH)).collect();
        send(&mut speakers, now, &people, 1000);
        speakers
    }

    #[test]
    fn as_many_people_as_slots_are_all_heard_from_their_first_packet() {
        let (mut speakers, now) = (Speakers::default(), Instant::now());
        for person in 0..4u8 {
            let heard = speakers.hear(person, NOISE, now);
            assert_eq!(heard, Some(Heard { slot: usize::from(person), is_new: true }));
        }
        assert_eq!(speakers.hear(2, SPEECH, now), Some(Heard { slot: 2, is_new: false }));
        assert_eq!(speakers.hear(9, SPEECH, now), None, "the others hold their slots");
        assert_eq!(Speakers::default().hear(1, SILENCE_DB, now), None, "silence takes no slot");
    }

    #[test]
    fn somebody_as_loud_waits_until_another_pauses() {
        let mut now = Instant::now();
        let mut speakers = full(&mut now);
        let all = [(0, SPEECH), (1, SPEECH), (2, SPEECH), (3, SPEECH), (4, SPEECH)];
        assert_eq!(send(&mut speakers, &mut now, &all, 5000), None);
        let pause = [(0, SPEECH), (1, NOISE), (2, SPEECH), (3, SPEECH), (4, SPEECH)];
        assert_eq!(send(&mut speakers, &mut now, &pause, 300), Some(Heard { slot: 1, is_new: false }));
        // The one who paused waits in turn.
        assert_eq!(send(&mut speakers, &mut now, &[(4, SPEECH), (1, SPEECH)], 20), None);
    }

    #[test]
    fn somebody_louder_by_the_margin_is_heard_at_once_but_not_before_the_hold_ends() {
        let mut now = Instant::now();
        let mut speakers = full(&mut now);
        let louder = [(0, SPEECH), (1, SPEECH - 12.0), (2, SPEECH), (3, SPEECH), (4, SPEECH)];
        assert_eq!(send(&mut speakers, &mut now, &louder, 400), Some(Heard { slot: 1, is_new: false }));
        let shout = [(0, SPEECH), (1, 0.0), (2, SPEECH), (3, SPEECH), (4, SPEECH)];
        assert_eq!(speakers.slots()[1], Some(4));
        send(&mut speakers, &mut now, &shout, 400);
        assert_eq!(speakers.slots()[1], Some(4), "the newest keeps the slot for 800 ms");
        assert!(speakers.slots().contains(&Some(1)), "and the shout takes another");
    }

    #[test]
    fn who_stops_sending_counts_as_quiet() {
        let mut now = Instant::now();
        let mut speakers = full(&mut now);
        let rest = [(1, SPEECH), (2, SPEECH), (3, SPEECH), (4, SPEECH)];
        assert_eq!(send(&mut speakers, &mut now, &rest, 400), Some(Heard { slot: 0, is_new: false }));
    }

    #[test]
    fn a_slot_is_free_when_its_person_is_removed() {
        let mut now = Instant::now();
        let mut speakers = full(&mut now);
        assert!(speakers.remove(2));
        assert!(!speakers.remove(2));
        assert_eq!(speakers.slots(), [Some(0), Some(1), None, Some(3)]);
        assert_eq!(speakers.hear(7, NOISE, now), Some(Heard { slot: 2, is_new: true }));
    }

    proptest! {
        // Whatever people send: nobody has two slots, a change says so, and no slot changes hands within the hold.
        #[test]
        fn slots_change_hands_only_as_told(packets in prop::collection::vec((0u8..9, -127i8..=0, 0u64..60), 1..600)) {
            let (mut speakers, mut now) = (Speakers::default(), Instant::now());
            let mut since = [None::<Instant>; SLOTS];
            for (person, level, ms) in packets {
                now += Duration::from_millis(ms);
                let before = speakers.slots();
                let heard = speakers.hear(person, f32::from(level), now);
                let after = speakers.slots();
                for slot in 0..SLOTS {
                    if before[slot] == after[slot] { continue; }
                    prop_assert_eq!(heard, Some(Heard { slot, is_new: true }));
                    prop_assert_eq!(after[slot], Some(person));
                    prop_assert!(before[slot].is_none() || now - since[slot].unwrap() >= HOLD);
                    since[slot] = Some(now);
                }
                if let Some(heard) = heard { prop_assert_eq!(after[heard.slot], Some(person)); }
                for person in 0..9 {
                    prop_assert!(after.iter().filter(|holder| **holder == Some(person)).count() <= 1);
                }
            }
        }
    }
}
