//! Ends holds whose limit is over. A failure for one room is tried again; meanwhile the next input to that room ends it.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::{app::App, playback::Input};

const TRY_AGAIN_AFTER_US: i64 = 1_000_000;

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("hold expiry", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                let wait_us = app
                    .holds
                    .next_us()
                    .map(|until_us| (until_us - app.clock.now_us()).max(0).cast_unsigned());
                let ends = async {
                    match wait_us {
                        Some(wait_us) => tokio::time::sleep(Duration::from_micros(wait_us)).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = ends => {}
                    () = app.holds.sooner() => continue,
                    () = &mut soft => return Ok(()),
                }
                let now_us = app.clock.now_us();
                for room in app.holds.take_over(now_us) {
                    if let Err(error) = app.apply(room, &Input::TimePassed, None).await {
                        tracing::warn!(%error, %room, "cannot end a hold; it is tried again");
                        app.holds.expect(room, now_us + TRY_AGAIN_AFTER_US);
                    }
                }
            }
        }
    });
}
