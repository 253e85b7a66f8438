//! What a link leads to.

use proto::room::v1::{DirectSource, MediaFormat, Source, source};
use rpc::Context;

use super::App;
use crate::{
    domain::{embed_of, embed_title, parse_link, title_of},
    error::{Error, Result},
};

/// A link that can be played.
pub(crate) struct Checked {
    pub(crate) source: Source,
    pub(crate) content_type: String,
    pub(crate) size_bytes: Option<u64>,
    pub(crate) title: String,
}

impl App {
    /// Checks a link, without keeping anything.
    pub(crate) async fn check_source(&self, context: &Context, link: &str) -> Result<Checked> {
        let checked = self.check(context, link).await;
        let outcome = checked.as_ref().err().map_or("playable", Error::outcome);
        metrics::counter!("syncwatch_media_source_checks_total", "outcome" => outcome).increment(1);
        checked
    }

    async fn check(&self, context: &Context, link: &str) -> Result<Checked> {
        let url = parse_link(link)?;
        if let Some(embed) = embed_of(&url) {
            let embed = embed?;
            let title = embed_title(&embed);
            let format = MediaFormat::Embed.into();
            let source = Source { kind: Some(source::Kind::Embed(embed)), format };
            return Ok(Checked { source, content_type: String::new(), size_bytes: None, title });
        }
        let found = self.origin.look(context, &url).await?;
        let title = title_of(&url);
        // As pasted and not where it redirects to: such places are often good for minutes only.
        let kind = source::Kind::Direct(DirectSource { url: url.into() });
        let source = Source { kind: Some(kind), format: found.kind.format().into() };
        Ok(Checked { source, content_type: found.content_type, size_bytes: found.size_bytes, title })
    }
}
