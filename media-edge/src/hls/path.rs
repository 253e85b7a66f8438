//! What the last part of a path names.

use proto::transcode::v1::{Plan, SubtitleKind};

/// What is asked for. The numbers lie within the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Master,
    /// The playlist of a rendition of the picture.
    Video(usize),
    /// The playlist of a rendition of the sound.
    Audio(usize),
    /// The playlist of subtitles.
    Subtitles(usize),
    /// A segment of a rendition; -1: its init segment.
    Segment {
        rendition: String,
        index: i32,
    },
    /// Subtitles, or a sheet of pictures for the seek bar.
    Extra,
    /// A font of the file. The plan does not know how many there are.
    Font,
    StoryboardVtt,
    StoryboardJson,
    /// The tracks, chapters and fonts of the film, for the page.
    Facts,
}

impl Wanted {
    /// The number of a playlist.
    pub(super) fn index(&self) -> usize {
        match self {
            Self::Video(index) | Self::Audio(index) | Self::Subtitles(index) => *index,
            _ => 0,
        }
    }
}

/// What a name means within a plan. `None`: nothing.
pub(super) fn wanted(plan: &Plan, name: &str) -> Option<Wanted> {
    let playlist = |prefix: &str, count: usize| {
        let number = name.strip_prefix(prefix)?.strip_suffix(".m3u8")?;
        number_of(number).filter(|index| *index < count)
    };
    match name {
        "master.m3u8" => return Some(Wanted::Master),
        "media.json" => return Some(Wanted::Facts),
        "storyboard.vtt" => return plan.storyboard.map(|_| Wanted::StoryboardVtt),
        "storyboard.json" => return plan.storyboard.map(|_| Wanted::StoryboardJson),
        _ => {}
    }
    if let Some(index) = playlist("stream_", plan.videos.len()) {
        return Some(Wanted::Video(index));
    }
    if let Some(index) = playlist("audio_", plan.audios.len()) {
        return Some(Wanted::Audio(index));
    }
    if let Some(index) = playlist("subs_", plan.subtitles.len()) {
        return has_vtt(plan.subtitles[index].kind()).then_some(Wanted::Subtitles(index));
    }
    match name.split_once('/') {
        Some(("fonts", number)) => number_of(number).map(|_| Wanted::Font),
        Some(("storyboard", sheet)) => {
            let sheet = number_of(sheet.strip_suffix(".jpg")?)?;
            (sheet < super::storyboard::sheets(plan)).then_some(Wanted::Extra)
        }
        Some((rendition, object)) => {
            plan.rendition(rendition)?;
            if object == "init.mp4" {
                return Some(Wanted::Segment { rendition: rendition.to_owned(), index: -1 });
            }
            let number = number_of(object.strip_suffix(".m4s")?)?;
            let index = i32::try_from(number).ok().filter(|_| number < plan.segment_count())?;
            Some(Wanted::Segment { rendition: rendition.to_owned(), index })
        }
        None => {
            let (track, ending) = name.split_once('.')?;
            let kind = plan.subtitles.iter().find(|it| it.name == track)?.kind();
            let is_made = match ending {
                "vtt" => has_vtt(kind),
                "ass" => kind == SubtitleKind::Ass,
                "sup" => kind == SubtitleKind::Pgs,
                _ => false,
            };
            is_made.then_some(Wanted::Extra)
        }
    }
}

/// Whether subtitles exist as WebVTT too.
pub(super) fn has_vtt(kind: SubtitleKind) -> bool {
    matches!(kind, SubtitleKind::Vtt | SubtitleKind::Ass)
}

/// A number without a sign and without zeros in front, so that each object has one URL.
fn number_of(text: &str) -> Option<usize> {
    let is_plain = text == "0" || !text.starts_with('0');
    let is_number = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_plain && is_number).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hls::playlist::tests::film;

    #[test]
    fn names_are_read() {
        let plan = film();
        let segment = |rendition: &str, index| Some(Wanted::Segment { rendition: rendition.into(), index });
        for (name, meant) in [
            ("master.m3u8", Some(Wanted::Master)),
            ("stream_0.m3u8", Some(Wanted::Video(0))),
            ("stream_2.m3u8", None),
            ("stream_00.m3u8", None),
            ("audio_1.m3u8", Some(Wanted::Audio(1))),
            ("subs_0.m3u8", Some(Wanted::Subtitles(0))),
            ("subs_2.m3u8", None),
            ("v0/init.mp4", segment("v0", -1)),
            ("v1/3.m4s", segment("v1", 3)),
            ("v1/4.m4s", None),
            ("v1/-1.m4s", None),
            ("v1/03.m4s", None),
            ("v1/3.mp4", None),
            ("v9/3.m4s", None),
            ("a0/0.m4s", segment("a0", 0)),
            ("s0.vtt", Some(Wanted::Extra)),
            ("s0.ass", None),
            ("s1.ass", Some(Wanted::Extra)),
            ("s1.vtt", Some(Wanted::Extra)),
            ("s2.sup", Some(Wanted::Extra)),
            ("s2.vtt", None),
            ("s3.vtt", None),
            ("fonts/7", Some(Wanted::Font)),
            ("fonts/x", None),
            ("storyboard.vtt", Some(Wanted::StoryboardVtt)),
            ("storyboard/0.jpg", Some(Wanted::Extra)),
            ("storyboard/1.jpg", None),
            ("media.json", Some(Wanted::Facts)),
            ("plan.pb", None),
            ("v0/../plan.pb", None),
            ("", None),
        ] {
            assert_eq!(wanted(&plan, name), meant, "{name}");
        }
    }
}
