//! Tells room-svc what rooms play, in order. A failure is retried twice and then logged: the history has a gap.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::app::App;

const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("history of rooms", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                let visit = tokio::select! {
                    visit = app.visits.next() => visit,
                    () = &mut soft => return Ok(()),
                };
                let Some(visit) = visit else { return Ok(()) };
                for attempt in 1..=ATTEMPTS {
                    match app.record_play(visit.clone()).await {
                        Ok(()) => break,
                        Err(error) if attempt == ATTEMPTS => {
                            tracing::warn!(%error, room = visit.room_id, "cannot record what a room plays");
                        }
                        Err(_) => tokio::time::sleep(PAUSE).await,
                    }
                }
            }
        }
    });
}
