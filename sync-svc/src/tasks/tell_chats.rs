//! Tells people in the chat what others did to the playback, once a second. What fails is not repeated: a line that comes
//! late says something that is no longer true.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, stream};
use runtime::{OnFailure, Tasks};

use crate::app::App;

/// What one person does within this time is one line.
const EVERY: Duration = Duration::from_secs(1);
/// Concurrent calls.
const AT_ONCE: usize = 8;

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    tasks.spawn("lines of chats", OnFailure::Restart, move |shutdown| {
        let app = app.clone();
        async move {
            let mut every = tokio::time::interval(EVERY);
            every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                let stops = tokio::select! {
                    _ = every.tick() => false,
                    () = &mut soft => true,
                };
                stream::iter(app.chat_lines.take())
                    .for_each_concurrent(AT_ONCE, |(room, lines)| {
                        let app = &app;
                        async move {
                            if let Err(error) = app.tell_in_chat(room, lines).await {
                                tracing::warn!(%error, %room, "cannot tell in the chat what happened to the playback");
                            }
                        }
                    })
                    .await;
                if stops {
                    return Ok(());
                }
            }
        }
    });
}
