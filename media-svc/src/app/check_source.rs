//! Checks what a link leads to and how it will play.

use container::Kind;
use proto::{
    media::v1::{SourceNote, SourceNoteKind, SourceOutcome},
    room::v1::{
        DirectSource, EmbedService, EmbedSource, MediaFormat, Source, SyncLevel, SyncPrecision, source,
    },
};
use rpc::Context;
use url::Url;

use super::App;
use crate::{
    domain::{
        Link, Share, embed_of, embed_title, is_live, nextcloud_file, parse_link, protected_service,
        service_name, share_of, start_of_file, start_of_video, title_of,
    },
    error::{Error, Result},
    origin::Found,
};

/// A link that can be played, and how.
pub(crate) struct Checked {
    pub(crate) source: Source,
    pub(crate) content_type: String,
    pub(crate) size_bytes: Option<u64>,
    pub(crate) title: String,
    pub(crate) outcome: SourceOutcome,
    pub(crate) notes: Vec<SourceNote>,
}

/// What a pasted text is, before any host is asked.
enum Pasted {
    Video(EmbedSource, Link),
    File {
        url: Url,
        start_us: i64,
        /// It was a share link.
        is_direct_form: bool,
    },
}

impl App {
    /// Checks a pasted link for a page of this origin (empty: none). Stores nothing.
    pub(crate) async fn check_source(
        &self,
        context: &Context,
        pasted: &str,
        page_origin: &str,
    ) -> Result<Checked> {
        let checked = match read(pasted) {
            Ok(pasted) => self.check(context, pasted, page_origin).await,
            Err(error) => Err(error),
        };
        count(checked.as_ref().err());
        checked
    }

    /// Checks a link that is added anyway: a host may refuse the check and still serve browsers.
    pub(crate) async fn check_or_trust(&self, context: &Context, pasted: &str) -> Result<Checked> {
        match self.check_source(context, pasted, "").await {
            Err(error) if error.may_play_in_browsers() => match read(pasted)? {
                Pasted::File { url, start_us, .. } => Ok(unchecked(&url, start_us)),
                Pasted::Video(..) => Err(error),
            },
            checked => checked,
        }
    }

    async fn check(&self, context: &Context, pasted: Pasted, page_origin: &str) -> Result<Checked> {
        match pasted {
            Pasted::Video(embed, link) => Ok(self.video(context, embed, &link).await),
            Pasted::File { url, start_us, is_direct_form } => {
                let page_origin = Some(page_origin).filter(|origin| !origin.is_empty());
                let (url, is_direct_form, found) = match self.origin.look(context, &url, page_origin).await {
                    Err(Error::WebPage(cause)) => {
                        let page = || Error::WebPage(cause);
                        let file = nextcloud_file(&url).ok_or_else(page)?;
                        let found =
                            self.origin.look(context, &file, page_origin).await.map_err(|_| page())?;
                        (file, true, found)
                    }
                    found => (url, is_direct_form, found?),
                };
                Ok(file(&url, start_us, found, Page { origin: page_origin, is_direct_form }))
            }
        }
    }

    async fn video(&self, context: &Context, embed: EmbedSource, link: &Link) -> Checked {
        let live = is_live(&link.url, embed.service());
        let metadata = match &self.oembed {
            Some(oembed) => self.origin.metadata(context, &embed, oembed.base.as_ref()).await,
            None => crate::origin::Metadata::default(),
        };
        let title =
            Some(metadata.title).filter(|title| !title.is_empty()).unwrap_or_else(|| embed_title(&embed));
        let (outcome, note) = told_of_video(embed.service(), live);
        // These players have one speed.
        let is_partial = embed.service() == EmbedService::Dailymotion || live;
        let precision = if live { SyncPrecision::Degraded } else { SyncPrecision::Medium };
        let source = Source {
            format: MediaFormat::Embed.into(),
            start_us: if live { 0 } else { start_of_video(&link.url, &link.fragment).unwrap_or_default() },
            live,
            sync_level: if is_partial { SyncLevel::Partial } else { SyncLevel::Full }.into(),
            sync_precision: precision.into(),
            picture_url: metadata.picture_url,
            kind: Some(source::Kind::Embed(embed)),
            ..Source::default()
        };
        Checked { source, content_type: String::new(), size_bytes: None, title, outcome, notes: vec![note] }
    }
}

/// Reads a pasted text. Rejects what needs no request to be rejected.
fn read(pasted: &str) -> Result<Pasted> {
    let link = parse_link(pasted)?;
    if let Some(service) = protected_service(&link.url) {
        return Err(Error::Protected(Some(service)));
    }
    if let Some(embed) = embed_of(&link.url) {
        return Ok(Pasted::Video(embed?, link));
    }
    let start_us = start_of_file(&link.fragment).unwrap_or_default();
    match share_of(&link.url) {
        Some(Share::NoDirectForm(refusal)) => Err(refusal.into()),
        Some(Share::Direct(url)) => Ok(Pasted::File { url, start_us, is_direct_form: true }),
        None => Ok(Pasted::File { url: link.url, start_us, is_direct_form: false }),
    }
}

/// The page for which a file was checked.
#[derive(Clone, Copy)]
struct Page<'a> {
    origin: Option<&'a str>,
    is_direct_form: bool,
}

fn file(url: &Url, start_us: i64, found: Found, page: Page<'_>) -> Checked {
    let mut notes = Vec::new();
    let is_mixed = url.scheme() == "http" && page.origin.is_some_and(|origin| origin.starts_with("https:"));
    if is_mixed {
        notes.push(note(
            SourceNoteKind::MixedContent,
            "This is an http link and this site is https, so browsers may refuse to load it. Use the https link of the \
             file if there is one.",
        ));
    }
    if !found.has_cors {
        notes.push(note(
            SourceNoteKind::NoCors,
            "Its host does not allow other sites to play this stream (CORS), so it plays on iPhones at most. Ask the \
             host to allow it, or use the link of an mp4.",
        ));
    }
    if found.is_uncommon {
        notes.push(note(
            SourceNoteKind::Format,
            "Some browsers do not play this format. mp4 with H.264 and AAC, or mp3, plays everywhere.",
        ));
    }
    let outcome = match () {
        () if !notes.is_empty() => SourceOutcome::DependsOnBrowser,
        () if !found.has_ranges => SourceOutcome::NoJumps,
        () => SourceOutcome::PlaysForAll,
    };
    if !found.has_ranges {
        notes.push(note(
            SourceNoteKind::NoRanges,
            "Its host sends the file from its beginning only, so nobody can jump in it, and latecomers wait for it to load.",
        ));
    }
    if page.is_direct_form {
        notes.push(note(
            SourceNoteKind::DirectForm,
            "This share link was turned into the link of the file itself.",
        ));
    }
    let level = if found.has_ranges { SyncLevel::Full } else { SyncLevel::Partial };
    // The pasted link and not its redirect target: such targets often expire within minutes.
    let direct = DirectSource { url: url.clone().into() };
    let source = Source {
        kind: Some(source::Kind::Direct(direct)),
        format: format_of(found.kind).into(),
        start_us: if found.has_ranges { start_us } else { 0 },
        audio_only: found.is_audio,
        no_jumps: !found.has_ranges,
        sync_level: level.into(),
        sync_precision: SyncPrecision::High.into(),
        ..Source::default()
    };
    let Found { content_type, size_bytes, .. } = found;
    Checked { source, content_type, size_bytes, title: title_of(url), outcome, notes }
}

fn format_of(kind: Kind) -> MediaFormat {
    if kind == Kind::Hls { MediaFormat::Hls } else { MediaFormat::Progressive }
}

/// A source whose host refused the check. The file extension tells its likely kind.
fn unchecked(url: &Url, start_us: i64) -> Checked {
    let extension = url.path().rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    let kind = Kind::of_extension(extension).unwrap_or(Kind::Mp4);
    let source = Source {
        kind: Some(source::Kind::Direct(DirectSource { url: url.clone().into() })),
        format: format_of(kind).into(),
        start_us,
        audio_only: kind.is_audio(),
        unchecked: true,
        ..Source::default()
    };
    Checked {
        source,
        content_type: String::new(),
        size_bytes: None,
        title: title_of(url),
        outcome: SourceOutcome::DependsOnBrowser,
        notes: Vec::new(),
    }
}

fn told_of_video(service: EmbedService, live: bool) -> (SourceOutcome, SourceNote) {
    let name = service_name(service);
    if live {
        let text = format!(
            "This looks like a live stream. {name} sends it to each person with a delay of its own, so people are kept \
             together within some seconds only."
        );
        return (SourceOutcome::Live, note(SourceNoteKind::Live, text));
    }
    let text = format!(
        "{name}\u{2019}s own player shows it: expect everyone within a quarter of a second, not on the same frame."
    );
    (SourceOutcome::PlaysForAll, note(SourceNoteKind::OwnPlayer, text))
}

fn note(kind: SourceNoteKind, text: impl Into<String>) -> SourceNote {
    SourceNote { kind: kind.into(), text: text.into() }
}

fn count(error: Option<&Error>) {
    let outcome = error.map_or("playable", Error::outcome);
    metrics::counter!("syncwatch_media_source_checks_total", "outcome" => outcome).increment(1);
}
