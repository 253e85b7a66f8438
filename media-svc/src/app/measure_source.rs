//! Measures how long a source is.

use std::time::Duration;

use blob::{Blobs, Key, collect};
use container::{HlsPlaylist, Measurement, Step, Window, inspect_playlist};
use fetch::follow;
use proto::room::v1::{MediaFormat, Source, source};
use url::Url;

use crate::{
    domain::parse_link,
    error::{Error, Result},
    origin::{LARGEST_PLAYLIST, Origin},
};

/// Deadline for all reads of one source.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures sources. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Measurer {
    pub(crate) origin: Origin,
    pub(crate) blobs: Blobs,
    pub(crate) film: Key,
}

impl Measurer {
    /// The length in microseconds; `None` when it cannot be found out. After an error another attempt may succeed.
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
                // The length of a service's video only its own player knows; that of an upload comes with its plan.
                Some(source::Kind::Embed(_) | source::Kind::Upload(_)) | None => Ok(None),
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
                let piece = self.origin.client.read(link, at, length).await?;
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

    /// Measures a media playlist, or the first variant of a master playlist.
    async fn measure_hls(&self, link: Url) -> Result<Option<i64>> {
        let mut link = link;
        for _ in 0..2 {
            let Some(piece) = self.origin.client.read(&link, 0, LARGEST_PLAYLIST).await? else {
                return Ok(None);
            };
            if piece.bytes.len() == LARGEST_PLAYLIST {
                return Ok(None);
            }
            match inspect_playlist(&piece.bytes) {
                Ok(HlsPlaylist::Media { length_us, .. }) => return Ok(length_us),
                Ok(HlsPlaylist::Master { variant, .. }) => link = follow(&piece.url, &variant)?,
                // It says no length.
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// Where a file is.
enum File {
    Film,
    At(Url),
}

/// Bytes read of a file.
struct Part {
    bytes: Vec<u8>,
    /// Size of the whole file, where it is known.
    size: Option<u64>,
}
