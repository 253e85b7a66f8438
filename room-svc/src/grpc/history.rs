//! What a room has played.

use proto::room::v1::{self as wire, history_service_server::HistoryService};
use tonic::Request;

use super::{Grpc, Reply, caller, item, reply, room};
use crate::{domain::RoomKey, error::Error};

#[tonic::async_trait]
impl HistoryService for Grpc {
    async fn list_history(
        &self,
        request: Request<wire::ListHistoryRequest>,
    ) -> Reply<wire::ListHistoryResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (plays, next_page_token) =
            self.0.list_history(&caller, &RoomKey::parse(&request.room)?, &request).await?;
        reply(wire::ListHistoryResponse {
            plays: plays.into_iter().map(Into::into).collect(),
            next_page_token,
        })
    }

    async fn play_again(&self, request: Request<wire::PlayAgainRequest>) -> Reply<wire::PlayAgainResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let item = self.0.play_again(&caller, &RoomKey::parse(&request.room)?, &request.play_id).await?;
        reply(wire::PlayAgainResponse { item: Some(item.into()) })
    }

    async fn record_play(
        &self,
        request: Request<wire::RecordPlayRequest>,
    ) -> Reply<wire::RecordPlayResponse> {
        let request = request.get_ref();
        let left = named(&request.left_item_id)?.map(|item| (item, request.left_at_us));
        let began = match named(&request.started_item_id)? {
            Some(item) => {
                let id = request.play_id.parse();
                let what = "must be an id of the form `play_…`";
                Some((item, id.map_err(|_| Error::Field { field: "play_id", what })?))
            }
            None => None,
        };
        self.0.record_play(room(&request.room_id)?, left, began).await?;
        reply(wire::RecordPlayResponse {})
    }
}

/// An item; empty: none.
fn named(id: &str) -> Result<Option<ids::ItemId>, Error> {
    Some(id).filter(|id| !id.is_empty()).map(item).transpose()
}
