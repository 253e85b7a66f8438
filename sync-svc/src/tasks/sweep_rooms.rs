//! Maintains the rooms of this replica: removes sessions of lost gateways, marks rooms in use, and unloads the others. The
//! next sweep retries a failure.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use ids::RoomId;
use runtime::{OnFailure, Tasks};

use crate::{
    app::{App, Known, record_rooms},
    playback::{Input, Room},
};

const EVERY: Duration = Duration::from_secs(5);

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("room sweep", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut every = tokio::time::interval(EVERY);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    _ = every.tick() => sweep(&app).await?,
                    () = &mut soft => return Ok(()),
                }
            }
        }
    });
}

async fn sweep(app: &App) -> anyhow::Result<()> {
    let rooms = app.rooms_in_use().await?;
    record_rooms(rooms.iter().map(|(_, known)| &*known.room));
    app.reports.refresh(&rooms, app.clock.now_us());
    app.tallies.forget_silent(app.clock.now_us());
    let ids: Vec<_> = rooms.iter().map(|(id, _)| *id).collect();
    app.seen(&ids).await?;
    for (room, gone) in of_gone_gateways(app, &rooms).await? {
        tracing::info!(%room, ?gone, "removing the sessions of lost gateways");
        app.apply(room, &Input::GatewaysGone(gone), None).await?;
    }
    app.forget_unused().await?;
    Ok(())
}

/// The rooms with sessions on lost gateways. Each gateway is looked up once.
async fn of_gone_gateways(
    app: &App,
    rooms: &[(RoomId, Known)],
) -> anyhow::Result<HashMap<RoomId, Vec<String>>> {
    let gateways =
        |room: &Room| room.seats.iter().map(|seat| seat.session().gateway_id.clone()).collect::<HashSet<_>>();
    let all: HashSet<_> = rooms.iter().flat_map(|(_, known)| gateways(&known.room)).collect();
    let gone: HashSet<_> = app.gone(all).await?.into_iter().collect();
    let affected = rooms
        .iter()
        .map(|(id, known)| (*id, gateways(&known.room).intersection(&gone).cloned().collect::<Vec<_>>()));
    Ok(affected.filter(|(_, gone)| !gone.is_empty()).collect())
}
