//! Adds many links to a playlist. Each has a verdict of its own.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use proto::{
    media::v1::{LinkToAdd, LinkVerdict},
    room::v1::{AppendItemsRequest, NewItem, Permission},
};
use rpc::{Context, Reason};
use tokio::time::{Instant, timeout_at};

use super::{App, check_source::Checked};
use crate::{
    domain::{Asset, clean},
    error::{Error, Result, verdict},
};

/// Links of one call at most.
const MOST_LINKS: usize = 50;
/// Links that are checked at once: fewer than a person may have checked at once, so that there is room for a single one.
const AT_ONCE: usize = 3;
/// Time for all checks. The whole call may take 10 seconds.
const CHECKS_LAST: Duration = Duration::from_secs(8);

/// A link that can be added.
struct Ready {
    checked: Checked,
    asset: Asset,
}

impl App {
    /// Checks links and adds those that can be played, in their order. Returns a verdict for each.
    pub(crate) async fn add_items(
        &self,
        context: &Context,
        room: String,
        folder_id: String,
        links: Vec<LinkToAdd>,
    ) -> Result<Vec<LinkVerdict>> {
        if links.len() > MOST_LINKS {
            return Err(Error::TooManyLinks { count: links.len(), max: MOST_LINKS });
        }
        let access = self.access(context, &room).await?;
        if !access.permissions().any(|permission| permission == Permission::AddMedia) {
            return Err(Error::PermissionMissing(Permission::AddMedia));
        }
        let until = Instant::now() + CHECKS_LAST;
        let checks: Vec<_> =
            links.iter().map(|link| timeout_at(until, self.ready(context, &link.url))).collect();
        let checks: Vec<_> = stream::iter(checks).buffered(AT_ONCE).collect().await;
        self.added.notify_one();

        let (mut verdicts, mut new, mut added) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (link, check)) in links.into_iter().zip(checks).enumerate() {
            match check {
                Ok(Ok(Ready { checked, asset })) => {
                    let title = Some(clean(&link.title)).filter(|title| !title.is_empty());
                    new.push(NewItem {
                        title: title.unwrap_or(checked.title),
                        source: Some(checked.source),
                        request_id: link.request_id,
                        asset_id: asset.id.to_string(),
                        duration_us: asset.duration_us,
                    });
                    added.push((at, asset));
                    verdicts.push(LinkVerdict { outcome: checked.outcome.into(), ..LinkVerdict::default() });
                }
                Ok(Err(error)) => verdicts.push(verdict(error)),
                Err(_) => verdicts.push(late()),
            }
        }
        if new.is_empty() {
            return Ok(verdicts);
        }
        let request = AppendItemsRequest { room, items: new, folder_id };
        let appended = self.playlist().append_items(context.request(request)).await?.into_inner();
        let mut items = appended.items.into_iter();
        for (at, asset) in added {
            let Some(verdict) = verdicts.get_mut(at) else { continue };
            verdict.item = items.next();
            if verdict.item.is_none() {
                verdict.reason.clone_from(&appended.refused_reason);
                verdict.message.clone_from(&appended.refused_message);
                continue;
            }
            let id = asset.id;
            if let Err(error) = self.tell_if_measured_since(asset).await {
                tracing::warn!(asset = %id, %error, "an item was added and may show no length");
            }
        }
        Ok(verdicts)
    }

    async fn ready(&self, context: &Context, link: &str) -> Result<Ready> {
        let checked = self.check_source(context, link, "").await?;
        let asset = self.register_asset(&checked.source).await?;
        Ok(Ready { checked, asset })
    }
}

/// The verdict on a link that was not checked in time.
fn late() -> LinkVerdict {
    LinkVerdict {
        reason: Reason::DeadlineExceeded.as_str_name().trim_start_matches("REASON_").to_owned(),
        message: "there was no time to check this link; add it again".to_owned(),
        ..LinkVerdict::default()
    }
}
