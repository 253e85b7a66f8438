//! Subtitles and further audio of items.

use proto::media::v1::{self as wire, subtitle_service_server::SubtitleService};
use rpc::{Context, Reason};
use tonic::{Request, Response};

use super::Grpc;
use crate::{app::NewTrack, domain::subtitles::Subtitles};

/// First lines in a preview.
const FIRST_LINES: usize = 5;

#[tonic::async_trait]
impl SubtitleService for Grpc {
    async fn add_track(
        &self,
        request: Request<wire::AddTrackRequest>,
    ) -> rpc::Result<Response<wire::AddTrackResponse>> {
        let context = Context::of(&request);
        let wire::AddTrackRequest { room, item_id, from, label, language, forced } = request.into_inner();
        // The contract requires one.
        let from = from.ok_or_else(|| {
            rpc::Error::new(Reason::InvalidField, "a track needs `subtitles` or an `audio_url`")
        })?;
        let new = NewTrack { room, item_id, from, label, language, forced };
        let (track, read) = self.0.add_track(&context, new).await?;
        let problems = read.map(|read| problems(&read.subtitles)).unwrap_or_default();
        Ok(Response::new(wire::AddTrackResponse { track: Some(track), problems }))
    }

    async fn preview_subtitles(
        &self,
        request: Request<wire::PreviewSubtitlesRequest>,
    ) -> rpc::Result<Response<wire::PreviewSubtitlesResponse>> {
        let context = Context::of(&request);
        let from = request.into_inner().subtitles.unwrap_or_default();
        let read = self.0.read_subtitles(&context, &from).await?;
        let subtitles = &read.subtitles;
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Ok(Response::new(wire::PreviewSubtitlesResponse {
            format: subtitles.format.name().to_owned(),
            encoding: read.encoding.to_owned(),
            cue_count: count(subtitles.count()),
            first_lines: subtitles.first_lines(FIRST_LINES),
            problems: problems(subtitles),
            problem_count: count(subtitles.problem_count),
        }))
    }

    async fn get_subtitles(
        &self,
        request: Request<wire::GetSubtitlesRequest>,
    ) -> rpc::Result<Response<wire::GetSubtitlesResponse>> {
        let context = Context::of(&request);
        let wire::GetSubtitlesRequest { room, item_id, track_id } = request.into_inner();
        let vtt = self.0.get_subtitles(&context, &room, &item_id, &track_id).await?;
        Ok(Response::new(wire::GetSubtitlesResponse { vtt }))
    }
}

fn problems(subtitles: &Subtitles) -> Vec<wire::SubtitleProblem> {
    let problem = |problem: &crate::domain::subtitles::Problem| wire::SubtitleProblem {
        line: i32::try_from(problem.line).unwrap_or(i32::MAX),
        text: problem.what.to_owned(),
    };
    subtitles.problems.iter().map(problem).collect()
}
