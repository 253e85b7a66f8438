//! Packets that stand for Opus: they say who sent them, their number, and when.

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

/// Length of a packet.
pub const PACKET: Duration = Duration::from_millis(20);
/// Timestamps of a packet, at 48 kHz.
const TICKS: u32 = 960;
/// A packet of Opus at 32 kbit/s.
const BYTES: usize = 80;
const MAGIC: [u8; 4] = *b"tone";

/// All peers of a process share it.
static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The sound of one peer.
pub struct Sound {
    number: u32,
    packets: u32,
    time: u32,
}

impl Sound {
    /// The sound of the peer with this number.
    pub fn new(number: u32) -> Self {
        LazyLock::force(&EPOCH);
        Self { number, packets: 0, time: 1000 }
    }

    /// 20 ms go by, in which something may be said.
    pub fn pass(&mut self) {
        self.time = self.time.wrapping_add(TICKS);
    }

    /// The next packet: sequence number, timestamp and payload.
    pub fn packet(&mut self) -> (u64, u32, Arc<[u8]>) {
        self.packets += 1;
        let now_us = u64::try_from(EPOCH.elapsed().as_micros()).unwrap_or_default();
        let mut payload =
            [&MAGIC[..], &self.number.to_be_bytes(), &self.packets.to_be_bytes(), &now_us.to_be_bytes()]
                .concat();
        payload.resize(BYTES, 0x5a);
        (u64::from(self.packets), self.time, payload.into())
    }
}

/// Number of the peer that sent a packet, number of the packet, and its delay in microseconds.
pub(crate) fn read(payload: &[u8]) -> Option<(u32, u32, u32)> {
    let fields = payload.strip_prefix(&MAGIC)?.first_chunk::<16>()?;
    let (number, rest) = fields.split_first_chunk::<4>()?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let sent_us = u64::from_be_bytes(*rest.first_chunk::<8>()?);
    let now_us = u64::try_from(EPOCH.elapsed().as_micros()).unwrap_or_default();
    let delay_us = u32::try_from(now_us.saturating_sub(sent_us)).unwrap_or(u32::MAX);
    Some((u32::from_be_bytes(*number), u32::from_be_bytes(*count), delay_us))
}
