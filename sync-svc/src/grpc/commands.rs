//! A stream of one person's commands.

use std::{sync::Arc, time::Instant};

use futures::{Stream, StreamExt as _, future};
use proto::sync::v1::{
    Refusal, SendCommandsRequest, SendCommandsResponse, send_commands_response::Result as Told,
};
use rpc::{Context, Identity, Reason};
use tokio::time::timeout_at;
use tonic::{Status, Streaming};

use crate::{app::App, error::Error};

/// Commands of one stream that wait to be stored. The next one is decided when the first of them is answered.
const MOST_UNANSWERED: usize = 32;

/// Decides one command after the other and answers in the same order. When the service stops, it takes no further command
/// and answers those that it has taken.
pub(super) fn answer(
    app: Arc<App>,
    identity: Identity,
    requests: Streaming<SendCommandsRequest>,
) -> impl Stream<Item = Result<SendCommandsResponse, Status>> + Send {
    let mut stopping = app.stopping.subscribe();
    let stop = async move { stopping.wait_for(|stopping| *stopping).await.map(drop) };
    let deciding = app.clone();
    requests
        // An unreadable request ends the stream: otherwise the caller would take the next answer for this one's.
        .scan((), |(), request| future::ready(request.ok()))
        .take_until(Box::pin(stop))
        .then(move |request| {
            let (app, identity) = (deciding.clone(), identity.clone());
            async move {
                // Each command has its own deadline and trace: the stream may be open for hours.
                let context = Context::on_behalf_of(identity);
                let command = request.command.unwrap_or_default();
                let decision = within(
                    context.deadline,
                    app.decide(&context, &request.room_id, command, request.access_changed_us),
                )
                .await;
                (context.deadline, decision)
            }
        })
        .map(move |(deadline, decision)| {
            let app = app.clone();
            async move {
                let result = match decision {
                    Ok(decision) => within(deadline, app.store(decision)).await,
                    Err(status) => Err(status),
                };
                Ok(SendCommandsResponse {
                    result: Some(result.map_or_else(|status| refusal(&status), Told::Done)),
                })
            }
        })
        .buffered(MOST_UNANSWERED)
}

async fn within<T>(deadline: Instant, step: impl Future<Output = Result<T, Error>>) -> Result<T, Status> {
    match timeout_at(deadline.into(), step).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(rpc::Error::new(
            Reason::DeadlineExceeded,
            "the command took too long; send it again with the same id",
        )
        .into()),
    }
}

fn refusal(status: &Status) -> Told {
    Told::Refusal(Refusal {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: status.details().to_vec(),
    })
}
