//! Uploads as HLS (RFC 8216): playlists, segments, subtitles and the pictures of the seek bar, to everyone whose path has a token.

mod answer;
mod awaited;
mod facts;
mod path;
mod plans;
mod playlist;
mod storyboard;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Path, State as Shares},
    middleware,
    response::Response,
    routing::get,
};
use edge::{Claims, Signer};
use http::{HeaderMap, Method, StatusCode, header};
use proto::transcode::v1::Plan;
use rpc::{RpcChannel, TraceParent};

use self::{awaited::Awaited, path::Wanted, plans::Plans};
use crate::{
    file,
    refusal::Refusal,
    router::{Shared, trace_of},
};

/// What the routes keep.
pub(crate) struct State {
    plans: Plans,
    awaited: Awaited,
}

impl State {
    /// `media` is media-svc.
    pub(crate) fn new(media: &RpcChannel) -> Self {
        Self { plans: Plans::default(), awaited: Awaited::new(media.clone()) }
    }
}

/// The signed path of the multivariant playlist of an asset, relative to this server, for a room and a person.
pub fn manifest_path(
    signer: &Signer,
    (asset_id, generation): (&str, i32),
    (room_id, subject_id): (&str, &str),
    expires_at_s: i64,
) -> String {
    let claims = Claims {
        path: proto::prefix_of_asset(asset_id),
        room_id: room_id.to_owned(),
        subject_id: subject_id.to_owned(),
        expires_at_s,
    };
    format!("/media/hls/{}/{asset_id}/{generation}/master.m3u8", signer.token(&claims))
}

/// The routes below `/media/hls/`, and the one by which a cache in front checks tokens.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/media/hls/{token}/{asset}/{generation}/{*name}", get(serve).options(answer::preflight))
        .layer(middleware::map_response(answer::allow_any_origin))
        .route("/media/check/hls/{token}/{asset}", get(check))
}

type Parts = (String, String, i32, String);

async fn serve(
    Shares(shared): Shares<Arc<Shared>>,
    path: Result<Path<Parts>, axum::extract::rejection::PathRejection>,
    trace: Option<Extension<TraceParent>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let served = match path {
        Ok(Path(parts)) => shared.hls(parts, &method, &headers).await,
        Err(_) => Err(Refusal::NoSuchPath),
    };
    served.unwrap_or_else(|refusal| refusal.response(trace_of(trace, &headers)))
}

/// 204 for a token that is good for an asset, 403 for any other. A cache asks this for each viewer, since it leaves the token
/// out of its keys.
async fn check(
    Shares(shared): Shares<Arc<Shared>>,
    Path((token, asset)): Path<(String, String)>,
    trace: Option<Extension<TraceParent>>,
    headers: HeaderMap,
) -> Response {
    match shared.verify(&token, &asset) {
        Ok(()) => answer::nothing(),
        Err(refusal) => refusal.response(trace_of(trace, &headers)),
    }
}

impl Shared {
    fn verify(&self, token: &str, asset: &str) -> Result<(), Refusal> {
        let now_s = self.data_plane.clock.now().timestamp();
        let claims = self.data_plane.signer.verify_token(&proto::prefix_of_asset(asset), token, now_s)?;
        tracing::debug!(asset, room_id = claims.room_id, subject_id = claims.subject_id, "serving an upload");
        Ok(())
    }

    async fn hls(
        &self,
        (token, asset, generation, name): Parts,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        self.verify(&token, &asset)?;
        let plan = self.hls.plans.get(&self.data_plane, &asset, generation).await?;
        let wanted = path::wanted(&plan, &name).ok_or(Refusal::NoSuchPath)?;
        match wanted {
            Wanted::Master => answer::playlist(playlist::master(&plan), headers),
            Wanted::Video(_) => answer::playlist(playlist::video(&plan, wanted.index()), headers),
            Wanted::Audio(_) => answer::playlist(playlist::audio(&plan, wanted.index()), headers),
            Wanted::Subtitles(_) => answer::playlist(playlist::subtitles(&plan, wanted.index()), headers),
            Wanted::StoryboardVtt => answer::text("text/vtt; charset=utf-8", storyboard::vtt(&plan), headers),
            Wanted::StoryboardJson => answer::json(&storyboard::json(&plan), headers),
            Wanted::Facts => {
                let fonts = facts::fonts(&self.data_plane.blobs, &plan).await?;
                answer::json(&facts::facts(&plan, &fonts), headers)
            }
            Wanted::Segment { rendition, index } => {
                self.segment(&plan, &name, (&rendition, index), method, headers).await
            }
            Wanted::Extra => match self.object(&plan, &name, method, headers).await {
                // Subtitles and pictures are made behind the first segments.
                Err(Refusal::Missing) => Err(Refusal::NotReady),
                served => served,
            },
            Wanted::Font => self.object(&plan, &name, method, headers).await,
        }
    }

    /// A segment, or the init segment. One that is not there yet is waited for.
    async fn segment(
        &self,
        plan: &Plan,
        name: &str,
        (rendition, index): (&str, i32),
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        match self.object(plan, name, method, headers).await {
            Err(Refusal::Missing) => {
                self.hls.awaited.wait(plan, rendition, index).await?;
                match self.object(plan, name, method, headers).await {
                    // media-svc says it is there, and the store has lost it: a repair finds that.
                    Err(Refusal::Missing) => Err(Refusal::NotReady),
                    served => served,
                }
            }
            served => served,
        }
    }

    /// An object of a plan. Its URL never has other contents.
    async fn object(
        &self,
        plan: &Plan,
        name: &str,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        let key = plan.key(name).parse().map_err(|_| Refusal::NoSuchPath)?;
        let mut response = file::respond(&self.data_plane.blobs, &key, method, headers).await?;
        let control = if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            "no-store"
        } else {
            "public, max-age=31536000, immutable"
        };
        file::set(&mut response, header::CACHE_CONTROL, control)?;
        Ok(response)
    }
}
