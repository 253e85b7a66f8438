//! Removes what chats no longer keep, and fills in search terms of old messages. Safe on every replica: each takes other rows.
//! After a failure it begins again; nothing is lost.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::app::App;

const EVERY: Duration = Duration::from_mins(1);

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("upkeep of chats", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut every = tokio::time::interval(EVERY);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    _ = every.tick() => {}
                    () = &mut soft => return Ok(()),
                }
                loop {
                    let more = tokio::select! {
                        more = app.look_after_chats() => more?,
                        () = &mut soft => return Ok(()),
                    };
                    if !more {
                        break;
                    }
                }
            }
        }
    });
}
