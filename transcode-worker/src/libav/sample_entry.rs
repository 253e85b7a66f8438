//! The sample entry of a stream as it stands in an mp4: libav writes an empty mp4 of the stream, and we read it.

use std::{
    io::{self, Write},
    sync::Arc,
};

use ffmpeg_next::{Dictionary, codec, format};
use parking_lot::Mutex;
use transcode_worker::mp4::{Track, find};

/// The track that a stream becomes; `None` when an mp4 cannot hold it.
pub(super) fn track(stream: &format::stream::Stream<'_>) -> Option<Track> {
    let context = codec::context::Context::from_parameters(stream.parameters()).ok()?;
    let written = Written::default();
    let bytes = format::context::StreamIo::from_write(written.clone()).ok()?;
    let mut output = format::output_to_stream(bytes, None, Some("mp4")).ok()?;
    output.add_stream_with(&context).ok()?.set_time_base(stream.time_base());
    let mut options = Dictionary::new();
    options.set("movflags", "empty_moov+default_base_moof");
    output.write_header_with(options).ok()?;
    // Dropping it flushes what it has written.
    drop(output);
    let bytes = written.0.lock();
    Track::read(find(&bytes, &[b"moov"])?)
}

/// Bytes that a muxer has written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
