//! Stores how far an upload is, and tells rooms of it.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::{
    app::uploads::tell_of_asset,
    domain::Progress,
    error::Result,
    store::{segments, upload_progress, uploads},
};

/// Time between two events of progress alone.
const PAUSE: TimeDelta = TimeDelta::seconds(1);

/// Stores what a step changed of an upload (`after`), and the state and the percentage that follow from its tasks and segments.
/// Tells rooms when they see a difference. The row of the upload is locked; after the commit the outbox is woken.
pub(super) async fn settle(
    db: &mut PgConnection,
    before: &Progress,
    after: Progress,
    now: DateTime<Utc>,
) -> Result<()> {
    let work = segments::work(db, after.id, after.generation).await?;
    let after = after.settled(work);
    if after == *before {
        return Ok(());
    }
    upload_progress::set(db, &after).await?;
    let seen = |it: &Progress| (it.state, it.playable, it.duration_us, it.generation);
    match () {
        () if seen(before) != seen(&after) => tell(db, &after, TimeDelta::zero(), now).await,
        () if before.percent != after.percent => tell(db, &after, PAUSE, now).await,
        () => Ok(()),
    }
}

/// Tells rooms that an upload changed, whose row is locked, unless they were told within `pause`.
pub(super) async fn tell(
    db: &mut PgConnection,
    upload: &Progress,
    pause: TimeDelta,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(asset) = upload.asset else { return Ok(()) };
    if uploads::note_told(db, upload.id, now, pause).await? {
        tell_of_asset(db, asset, now).await?;
    }
    Ok(())
}
