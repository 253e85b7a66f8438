//! How long an item is.

use std::time::Duration;

use blob::{Blobs, Key, collect};
use proto::room::v1::{MediaFormat, Source, source};
use url::Url;

use crate::{
    domain::{HlsPlaylist, Measurement, Step, Window, inspect_playlist, parse_link, parse_redirect},
    error::{Error, Result},
    origin::{LARGEST_PLAYLIST, Origin},
};

/// All that is read for one item, from a host that is in no hurry.
const PATIENCE: Duration = Duration::from_secs(30);

/// Finds out how long items are. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Measurer {
    pub(crate) origin: Origin,
    pub(crate) blobs: Blobs,
    pub(crate) film: Key,
}

impl Measurer {
    /// The length in microseconds; `None`: it cannot be told. An error is worth another attempt.
    pub(crate) async fn measure(&self, source: &Source) -> Result<Option<i64>> {
        let measuring = async {
            match &source.kind {
                Some(source::Kind::TestFilm(_)) => self.measure_file(&File::Film).await,
                Some(source::Kind::Direct(direct)) => {
                    let link = parse_link(&direct.url)?.url;
                    match source.format() {
                        MediaFormat::Progressive => self.measure_file(&File::At(link)).await,
                        MediaFormat::Hls => self.measure_hls(link).await,
                        MediaFormat::Embed | MediaFormat::Unspecified => Ok(None),
                    }
                }
                // Only their own players know, and tell no server of ours.
                Some(source::Kind::Embed(_)) | None => Ok(None),
            }
        };
        let late = |_| Error::Internal(anyhow::anyhow!("measuring took more than {PATIENCE:?}"));
        tokio::time::timeout(PATIENCE, measuring).await.map_err(late)?
    }

    async fn measure_file(&self, file: &File) -> Result<Option<i64>> {
        let (mut measurement, mut step) = Measurement::begin();
        loop {
            let (start, length) = match step {
                Step::Read { at, length } => (at, length),
                Step::Done(length_us) => return Ok(length_us),
            };
            let Some(Part { bytes, size }) = self.read(file, start, length).await? else { return Ok(None) };
            let is_last = bytes.len() < length;
            step = measurement.next(Window { start, bytes: &bytes, is_last, size });
        }
    }

    async fn read(&self, file: &File, at: u64, length: usize) -> Result<Option<Part>> {
        match file {
            File::At(link) => {
                let piece = self.origin.read(link, at, length).await?;
                Ok(piece.map(|piece| Part { bytes: piece.bytes, size: piece.size }))
            }
            File::Film => {
                let object = self.blobs.get_range(&self.film, at, length as u64).await;
                let object = object.map_err(anyhow::Error::from)?;
                let size = Some(object.head.size);
                let bytes = collect(object.body, length).await.map_err(anyhow::Error::from)?;
                Ok(Some(Part { bytes, size }))
            }
        }
    }

    /// The playlist itself, or the first that it names.
    async fn measure_hls(&self, link: Url) -> Result<Option<i64>> {
        let mut link = link;
        for _ in 0..2 {
            let Some(piece) = self.origin.read(&link, 0, LARGEST_PLAYLIST).await? else { return Ok(None) };
            if piece.bytes.len() == LARGEST_PLAYLIST {
                return Ok(None);
            }
            match inspect_playlist(&piece.bytes) {
                Ok(HlsPlaylist::Media { length_us, .. }) => return Ok(length_us),
                Ok(HlsPlaylist::Master { variant, .. }) => link = parse_redirect(&piece.url, &variant)?,
                // Nothing of it tells a length.
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// Where the bytes of a file are.
enum File {
    Film,
    At(Url),
}

/// What was read of a file.
struct Part {
    bytes: Vec<u8>,
    /// Of the whole file, where that is known.
    size: Option<u64>,
}
