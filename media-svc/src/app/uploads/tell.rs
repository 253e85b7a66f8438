//! Tells rooms how far an upload is.

use chrono::{DateTime, TimeDelta, Utc};
use ids::AssetId;
use proto::{
    media::v1::UploadState,
    room::v1::{ItemPreparation, PreparationState},
};
use sqlx::PgConnection;

use crate::{
    domain::upload::Upload,
    error::Result,
    store::{assets, outbox, uploads},
};

/// How often rooms are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Each time: the state changed.
    Always,
    /// Once a second at most: it went on.
    AtMostOnceASecond,
}

/// Has rooms told how far an upload is. The caller holds the lock of its row, and wakes the outbox after the commit.
pub(crate) async fn tell(
    db: &mut PgConnection,
    upload: &Upload,
    pace: Pace,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(asset) = upload.asset else { return Ok(()) };
    let pause = match pace {
        Pace::Always => TimeDelta::zero(),
        Pace::AtMostOnceASecond => TimeDelta::seconds(1),
    };
    if uploads::note_told(db, upload.id, now, pause).await? {
        tell_of_asset(db, asset, now).await?;
    }
    Ok(())
}

/// Has rooms told of an asset.
pub(crate) async fn tell_of_asset(db: &mut PgConnection, asset: AssetId, now: DateTime<Utc>) -> Result<()> {
    // The lock puts the events of an asset in order.
    assets::lock(db, asset).await?;
    outbox::append(db, asset, now).await
}

/// How far the upload of an item is, for the members of its room; `None`: it was deleted.
pub(crate) fn preparation_of(upload: Option<&Upload>) -> ItemPreparation {
    let Some(upload) = upload else {
        return ItemPreparation {
            state: PreparationState::Failed.into(),
            failure_message:
                "the file was deleted; remove the item, or ask whoever added it to send it again".to_owned(),
            ..ItemPreparation::default()
        };
    };
    let state = match upload.state {
        UploadState::Sending | UploadState::Unspecified => PreparationState::Sending,
        UploadState::Pending => PreparationState::Pending,
        UploadState::Processing => PreparationState::Processing,
        UploadState::Ready => PreparationState::Ready,
        UploadState::Failed => PreparationState::Failed,
    };
    ItemPreparation {
        state: state.into(),
        percent: upload.percent(),
        playable: upload.playable,
        failure_message: upload.failure_message.clone(),
    }
}
