//! `media.json`: facts on a film that playlists do not carry: tracks, chapters, fonts.

use blob::{Blobs, MAX_PAGE};
use proto::transcode::v1::{Plan, SubtitleKind};
use serde_json::{Value, json};

use super::{path::has_vtt, playlist, storyboard};
use crate::refusal::Refusal;

/// The names of the fonts that the film has, once its subtitles are taken out.
pub(super) async fn fonts(blobs: &Blobs, plan: &Plan) -> Result<Vec<String>, Refusal> {
    if !plan.subtitles.iter().any(|it| it.kind() == SubtitleKind::Ass) {
        return Ok(Vec::new());
    }
    let prefix = plan.prefix();
    let keys = blobs.list(&format!("{prefix}fonts/"), None, MAX_PAGE).await?;
    Ok(keys.iter().filter_map(|key| key.as_str().strip_prefix(&prefix).map(str::to_owned)).collect())
}

/// The film as JSON. URLs are relative to it.
pub(super) fn facts(plan: &Plan, fonts: &[String]) -> Value {
    let videos = plan.videos.iter().enumerate().map(|(index, it)| {
        json!({"name": it.name, "width": it.width, "height": it.height, "url": format!("stream_{index}.m3u8")})
    });
    let audios = plan.audios.iter().enumerate().map(|(index, it)| {
        json!({
            "name": it.name, "language": it.language, "title": it.title, "channels": it.channels, "isDefault": it.is_default,
            "evenLoudness": it.even_loudness,
            "url": format!("audio_{index}.m3u8"),
        })
    });
    let subtitles = plan.subtitles.iter().map(|it| {
        let (kind, url) = match it.kind() {
            SubtitleKind::Ass => ("ass", format!("{}.ass", it.name)),
            SubtitleKind::Pgs => ("pgs", format!("{}.sup", it.name)),
            SubtitleKind::Vtt | SubtitleKind::Unspecified => ("vtt", format!("{}.vtt", it.name)),
        };
        let vtt = has_vtt(it.kind()).then(|| format!("{}.vtt", it.name));
        json!({
            "name": it.name, "kind": kind, "language": it.language, "title": it.title, "forced": it.forced, "url": url,
            "vttUrl": vtt,
        })
    });
    let chapters = plan
        .chapters
        .iter()
        .map(|it| json!({"startUs": playlist::us(plan, it.start_ticks), "title": it.title}));
    json!({
        "durationUs": playlist::us(plan, plan.duration_ticks),
        "videos": videos.collect::<Vec<_>>(),
        "audios": audios.collect::<Vec<_>>(),
        "subtitles": subtitles.collect::<Vec<_>>(),
        "fonts": fonts,
        "chapters": chapters.collect::<Vec<_>>(),
        "storyboard": storyboard::json(plan),
    })
}
