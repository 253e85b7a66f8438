//! Assets: what items of one source share.

use std::time::Duration;

use ids::AssetId;
use prost::Message as _;
use proto::room::v1::{MediaFormat, Source, source::Kind};

/// Age at which a length is measured again when the source is added again: its host may have another film there by now.
pub(crate) const MEASURED_FOR: Duration = Duration::from_hours(1);

/// What is known of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asset {
    pub(crate) id: AssetId,
    pub(crate) state: State,
    /// In microseconds; 0 while unknown.
    pub(crate) duration_us: i64,
}

/// How far the measuring of an asset is. The numbers are those of `media.assets.state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It has or will have a job.
    Pending = 1,
    /// The length is known, or it is known that it cannot be found out.
    Measured = 2,
    /// Every attempt failed.
    Failed = 3,
}

impl State {
    /// The state of a number.
    pub(crate) fn of(number: i16) -> Self {
        match number {
            2 => Self::Measured,
            3 => Self::Failed,
            _ => Self::Pending,
        }
    }
}

/// What two sources have in common when they are one asset: where the bytes are, and nothing of how they are played.
pub(crate) fn identity(source: &Source) -> Vec<u8> {
    Source { kind: source.kind.clone(), ..Source::default() }.encode_to_vec()
}

/// Whether a length is to be found out by reading the media: only their own players know that of videos of services, and tell no
/// server of ours, and an upload is examined by its own task.
pub(crate) fn is_measurable(source: &Source) -> bool {
    let is_upload = matches!(source.kind, Some(Kind::Upload(_)));
    !is_upload && !matches!(source.format(), MediaFormat::Embed | MediaFormat::Unspecified)
}

#[cfg(test)]
mod tests {
    use proto::room::v1::DirectSource;

    use super::*;

    #[test]
    fn a_link_is_one_asset_for_every_start_time() {
        let link = |url: &str, start_us| Source {
            kind: Some(Kind::Direct(DirectSource { url: url.into() })),
            format: MediaFormat::Hls.into(),
            start_us,
            ..Source::default()
        };
        let film = "https://example.org/film.m3u8";
        assert_eq!(identity(&link(film, 0)), identity(&link(film, 10)));
        assert_ne!(identity(&link(film, 0)), identity(&link("https://example.org/other.m3u8", 0)));
    }
}
