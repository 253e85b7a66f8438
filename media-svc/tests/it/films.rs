//! Uploads with a worker that a test holds in its hand: it writes some bytes as segments.

use std::{collections::HashMap, time::Duration};

use ids::{AssetId, UploadId};
use prost::Message as _;
use proto::{
    common::v1::{Identity, Reason, SubjectKind},
    media::v1::{
        AwaitSegmentRequest, ListTasksRequest, ListTasksResponse, RetryUploadRequest, TaskState, Upload,
        UploadState, delivery_service_client::DeliveryServiceClient,
        media_admin_service_client::MediaAdminServiceClient,
    },
    room::v1::{MediaFormat, Source, UploadSource, source},
    transcode::v1::{
        AudioStream, CompleteTaskRequest, FailTaskRequest, LeaseTaskRequest, MediaProbe, MediaStream, Plan,
        PublishSegmentsRequest, PublishSegmentsResponse, ReportTaskRequest, ReportTaskResponse, Segment,
        StoredObject, Task, VideoStream, media_stream::Kind, task,
        transcode_service_client::TranscodeServiceClient,
    },
};
use rpc::{Context, RpcChannel};
use sqlx::Row as _;

use crate::world::World;

pub(crate) const SECOND: i64 = 1_000_000;

/// A file that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Film {
    pub(crate) id: UploadId,
    pub(crate) asset: AssetId,
}

/// The services of the queue, as a worker, the data plane and an administrator call them.
#[derive(Clone)]
pub(crate) struct Queue {
    pub(crate) tasks: TranscodeServiceClient<RpcChannel>,
    pub(crate) delivery: DeliveryServiceClient<RpcChannel>,
    pub(crate) admin: MediaAdminServiceClient<RpcChannel>,
}

pub(crate) fn admin() -> Context {
    Context::on_behalf_of(Identity {
        subject_id: ids::UserId::new().to_string(),
        kind: SubjectKind::Admin.into(),
        display_name: "Root".into(),
        ..Identity::default()
    })
}

/// What a worker finds in a file that needs encoding: this many seconds of VP9 at 720p and Opus.
pub(crate) fn encoded(seconds: i64) -> MediaProbe {
    let video = VideoStream {
        width: 1280,
        height: 720,
        frame_rate_num: 25,
        frame_rate_den: 1,
        pixel_format: "yuv420p".into(),
        ..VideoStream::default()
    };
    let audio = AudioStream { sample_rate_hz: 48_000, channels: 2, channel_configuration: -1 };
    MediaProbe {
        container: "matroska,webm".into(),
        duration_us: seconds * SECOND,
        streams: vec![
            MediaStream { codec: "vp9".into(), kind: Some(Kind::Video(video)), ..MediaStream::default() },
            MediaStream {
                index: 1,
                codec: "opus".into(),
                kind: Some(Kind::Audio(audio)),
                ..MediaStream::default()
            },
        ],
        ..MediaProbe::default()
    }
}

/// Sound alone: one layer, and nothing but segments.
pub(crate) fn sound(seconds: i64) -> MediaProbe {
    let mut probe = encoded(seconds);
    probe.streams.remove(0);
    probe
}

/// The range of a task of segments.
pub(crate) fn range(task: &Task) -> std::ops::Range<i32> {
    match &task.kind {
        Some(task::Kind::Segments(segments)) => segments.first..segments.end,
        other => panic!("not a task of segments: {other:?}"),
    }
}

pub(crate) fn plan(task: &Task) -> &Plan {
    match task.kind.as_ref().unwrap() {
        task::Kind::Segments(it) => it.plan.as_ref().unwrap(),
        task::Kind::Subtitles(it) => it.plan.as_ref().unwrap(),
        task::Kind::Storyboard(it) => it.plan.as_ref().unwrap(),
        task::Kind::Probe(_) => panic!("a probe has no plan"),
    }
}

pub(crate) fn layer(task: &Task) -> i32 {
    let Some(task::Kind::Segments(it)) = &task.kind else { panic!("not a task of segments") };
    it.layer
}

impl World {
    pub(crate) fn queue_of_tasks(&self) -> Queue {
        Queue {
            tasks: TranscodeServiceClient::new(self.channel.clone()),
            delivery: DeliveryServiceClient::new(self.channel.clone()),
            admin: MediaAdminServiceClient::new(self.channel.clone()),
        }
    }

    /// A file of 1,000 bytes of a person, of which `received` are there, and the task that examines it.
    pub(crate) async fn sent(&self, owner: &str, received: i64) -> Film {
        let film = Film { id: UploadId::new(), asset: AssetId::new() };
        let kind = Some(source::Kind::Upload(UploadSource { upload_id: film.id.to_string() }));
        let now = self.clock.now();
        let asset =
            "INSERT INTO media.assets (id, source, format, audio_only, no_jumps, live, state, created_at)
             VALUES ($1, $2, $3, false, false, false, 1, $4)";
        let source = Source { kind, ..Source::default() }.encode_to_vec();
        let asset = sqlx::query(asset).bind(film.asset.uuid()).bind(source).bind(MediaFormat::Hls as i16);
        asset.bind(now).execute(&self.pool).await.unwrap();
        let upload = "INSERT INTO media.uploads (id, owner_id, filename, title, content_type, size, received, state, asset_id,
               created_at, touched_at, completed_at)
             VALUES ($1, $2, 'film.mkv', 'Film', 'video/x-matroska', 1000, $3, $4, $5, $6, $6, $7)";
        let complete = received == 1000;
        let state = if complete { UploadState::Pending } else { UploadState::Sending };
        let upload = sqlx::query(upload).bind(film.id.uuid()).bind(owner).bind(received).bind(state as i16);
        let upload = upload.bind(film.asset.uuid()).bind(now).bind(complete.then_some(now));
        upload.execute(&self.pool).await.unwrap();
        let probe = "INSERT INTO media.tasks (id, kind, upload_id, asset_id, owner_id, run_after, created_at, changed_at)
             VALUES ($1, 'probe', $2, $3, $4, $5, $5, $5)";
        let probe = sqlx::query(probe).bind(ids::TaskId::new().uuid()).bind(film.id.uuid());
        probe.bind(film.asset.uuid()).bind(owner).bind(now).execute(&self.pool).await.unwrap();
        film
    }

    /// A file that is there and was examined.
    pub(crate) async fn planned(&self, owner: &str, probe: MediaProbe) -> Film {
        let film = self.sent(owner, 1000).await;
        let queue = self.queue_of_tasks();
        let task = queue.lease("worker").await.unwrap();
        assert!(matches!(task.kind, Some(task::Kind::Probe(_))), "{task:?}");
        assert_eq!(task.upload_id, film.id.to_string());
        assert!(!queue.complete(&task, Some(probe)).await);
        film
    }

    /// What the database has of an upload.
    pub(crate) async fn state(&self, film: &Film) -> (UploadState, i32, bool, String) {
        let query =
            sqlx::query("SELECT state, progress, playable, failure_reason FROM media.uploads WHERE id = $1");
        let row = query.bind(film.id.uuid()).fetch_one(&self.pool).await.unwrap();
        let state = UploadState::try_from(i32::from(row.get::<i16, _>("state"))).unwrap();
        (state, row.get::<i16, _>("progress").into(), row.get("playable"), row.get("failure_reason"))
    }

    /// Puts bytes into the store as an object.
    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        let path = self.blob_dir.path().join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Writes the objects of segments of a task, and says so.
    pub(crate) async fn make(&self, task: &Task, indexes: &[i32]) -> PublishSegmentsResponse {
        let plan = plan(task);
        let renditions = &plan.layers[usize::try_from(layer(task)).unwrap()].renditions;
        for name in renditions {
            self.put(&plan.init_key(name), b"init");
            for index in indexes {
                let index = usize::try_from(*index).unwrap();
                self.put(&plan.segment_key(name, index), format!("{name} {index}").as_bytes());
            }
        }
        self.queue_of_tasks().publish(task, indexes).await
    }

    /// Leases tasks and does them until there is none. Returns how often each segment was made.
    pub(crate) async fn work_off(&self) -> HashMap<(i32, i32), usize> {
        let (queue, mut made) = (self.queue_of_tasks(), HashMap::new());
        while let Some(task) = queue.lease("worker").await {
            if matches!(task.kind, Some(task::Kind::Segments(_))) {
                let all: Vec<_> = range(&task).collect();
                assert!(!self.make(&task, &all).await.lost);
                for index in all {
                    *made.entry((layer(&task), index)).or_default() += 1;
                }
            }
            if let Some(task::Kind::Storyboard(it)) = &task.kind {
                self.put(&it.plan.as_ref().unwrap().key("storyboard/0.jpg"), b"sheet");
            }
            assert!(!queue.complete(&task, None).await);
        }
        made
    }
}

impl Queue {
    pub(crate) async fn lease(&self, worker: &str) -> Option<Task> {
        self.lease_with(worker, 0).await
    }

    /// As a worker whose slots are taken.
    pub(crate) async fn lease_urgent(&self, worker: &str) -> Option<Task> {
        self.lease_with(worker, 1).await
    }

    async fn lease_with(&self, worker: &str, active: i32) -> Option<Task> {
        let request =
            LeaseTaskRequest { worker: worker.into(), active, slots: 1, ..LeaseTaskRequest::default() };
        self.tasks.clone().lease_task(request).await.unwrap().into_inner().task
    }

    pub(crate) async fn publish(&self, task: &Task, indexes: &[i32]) -> PublishSegmentsResponse {
        self.try_publish(task, indexes).await.unwrap()
    }

    pub(crate) async fn try_publish(
        &self,
        task: &Task,
        indexes: &[i32],
    ) -> rpc::Result<PublishSegmentsResponse> {
        let plan = plan(task);
        let layer = &plan.layers[usize::try_from(layer(task)).unwrap()];
        let object = |index: i32, name: &String| StoredObject {
            key: plan.segment_key(name, usize::try_from(index).unwrap_or(99_999)),
            size_bytes: 100,
        };
        let segment = |index: &i32| Segment {
            index: *index,
            objects: layer.renditions.iter().map(|name| object(*index, name)).collect(),
        };
        let request = PublishSegmentsRequest {
            task_id: task.id.clone(),
            lease: task.lease,
            segments: indexes.iter().map(segment).collect(),
            speed: 2.5,
        };
        Ok(self.tasks.clone().publish_segments(request).await?.into_inner())
    }

    pub(crate) async fn report(&self, task: &Task, percent: i32) -> ReportTaskResponse {
        let request = ReportTaskRequest { task_id: task.id.clone(), lease: task.lease, percent, speed: 2.5 };
        self.tasks.clone().report_task(request).await.unwrap().into_inner()
    }

    /// Completes a task; returns whether its lease had ended.
    pub(crate) async fn complete(&self, task: &Task, probe: Option<MediaProbe>) -> bool {
        let request =
            CompleteTaskRequest { task_id: task.id.clone(), lease: task.lease, probe, objects: Vec::new() };
        self.tasks.clone().complete_task(request).await.unwrap().into_inner().lost
    }

    /// Fails a task; returns whether its lease had ended.
    pub(crate) async fn fail(&self, task: &Task, how: FailTaskRequest) -> bool {
        let request = FailTaskRequest { task_id: task.id.clone(), lease: task.lease, ..how };
        self.tasks.clone().fail_task(request).await.unwrap().into_inner().lost
    }

    /// Asks for a segment as a viewer does.
    pub(crate) async fn wait(
        &self,
        film: &Film,
        rendition: &str,
        index: i32,
        wait: Duration,
    ) -> Result<(), Reason> {
        let request = AwaitSegmentRequest {
            asset_id: film.asset.to_string(),
            generation: 1,
            rendition: rendition.into(),
            index,
            wait: wait.try_into().ok(),
        };
        let answer = self.delivery.clone().await_segment(Context::background().request(request)).await;
        answer.map(drop).map_err(|status| rpc::reason_of(&status).unwrap())
    }

    pub(crate) async fn list(&self, state: TaskState) -> ListTasksResponse {
        let request = ListTasksRequest { state: state.into(), ..ListTasksRequest::default() };
        self.admin.clone().list_tasks(admin().request(request)).await.unwrap().into_inner()
    }

    pub(crate) async fn retry(&self, film: &Film) -> Upload {
        let request = RetryUploadRequest { upload_id: film.id.to_string() };
        let answer = self.admin.clone().retry_upload(admin().request(request)).await;
        answer.unwrap().into_inner().upload.unwrap()
    }
}
