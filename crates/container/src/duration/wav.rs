//! WAVE (RIFF): the size of the `data` chunk and the bytes per second of the `fmt ` chunk.

use super::{Step, microseconds, read, window::Window};

/// Size that a recorder writes before it knows the real one.
const UNKNOWN_SIZE: u64 = 0xffff_ffff;

/// Position of the walk through the chunks.
#[derive(Debug)]
pub(super) struct Wav {
    at: u64,
    bytes_per_second: u32,
}

impl Default for Wav {
    fn default() -> Self {
        // Behind `RIFF`, the size and `WAVE`.
        Self { at: 12, bytes_per_second: 0 }
    }
}

impl Wav {
    /// Continues as far as the window reaches.
    pub(super) fn walk(&mut self, window: &Window<'_>) -> Step {
        loop {
            let Some(header) = window.from(self.at).and_then(|bytes| bytes.first_chunk::<8>()) else {
                return read(self.at, 0);
            };
            let [a, b, c, d, size @ ..] = *header;
            let size = u64::from(u32::from_le_bytes(size));
            let content = self.at + 8;
            match &[a, b, c, d] {
                b"fmt " => {
                    let Some(format) = window.between(content, content + 12) else {
                        return read(content, 12);
                    };
                    let rate = format.last_chunk().copied().unwrap_or_default();
                    self.bytes_per_second = u32::from_le_bytes(rate);
                }
                b"data" => {
                    let rest = window.size.map(|size| size.saturating_sub(content));
                    let size = if size == 0 || size == UNKNOWN_SIZE { rest } else { Some(size) };
                    return Step::Done(size.and_then(|size| microseconds(size, self.bytes_per_second)));
                }
                _ => {}
            }
            // Chunks are padded to an even size.
            self.at = content + size + (size & 1);
        }
    }
}
