//! A fake of media-svc that hands out tasks, and a worker that does them.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use blob::{Blobs, FsStore, Key};
use proto::transcode::v1::{
    CompleteTaskRequest, CompleteTaskResponse, FailTaskRequest, FailTaskResponse, GetOriginalRequest,
    GetOriginalResponse, LeaseTaskRequest, LeaseTaskResponse, MediaProbe, Part, Plan, PublishSegmentsRequest,
    PublishSegmentsResponse, ReportTaskRequest, ReportTaskResponse, Task, task::Kind,
};
use runtime::{Clock, Settings, Shutdown, Tasks};
use serde_json::{Value, json};
use testkit::{Fake, TestKeys, service_token};
use tokio::sync::{Notify, watch};
use transcode_worker::{Config, Deps, Worker};

/// A bound for a broken worker, not a measure of a working one.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a task ended.
#[derive(Debug, Clone)]
pub(crate) enum Ended {
    Completed(CompleteTaskRequest),
    Failed(FailTaskRequest),
}

impl Ended {
    pub(crate) fn completed(self) -> CompleteTaskRequest {
        match self {
            Self::Completed(request) => request,
            Self::Failed(request) => panic!("{request:#?}"),
        }
    }

    pub(crate) fn failed(self) -> FailTaskRequest {
        match self {
            Self::Failed(request) => request,
            Self::Completed(request) => panic!("{request:#?}"),
        }
    }
}

#[derive(Default)]
pub(crate) struct Book {
    waiting: VecDeque<Task>,
    ended: BTreeMap<String, Ended>,
    pub(crate) published: Vec<PublishSegmentsRequest>,
    pub(crate) leases: Vec<LeaseTaskRequest>,
    originals: BTreeMap<String, GetOriginalResponse>,
    /// Answer to reports and publications: `lost`, `end`.
    pub(crate) orders: (bool, i32),
}

/// media-svc as a worker sees it.
pub(crate) struct Desk {
    pub(crate) book: Arc<Mutex<Book>>,
    changed: Arc<Notify>,
    originals_changed: watch::Sender<()>,
    pub(crate) blobs: Blobs,
    folder: tempfile::TempDir,
    workers: Vec<(Shutdown, Tasks)>,
    next: i64,
}

impl Desk {
    /// A desk with one worker.
    pub(crate) async fn open() -> Self {
        let mut desk = Self::without_workers().await;
        desk.hire(&json!({}));
        desk
    }

    pub(crate) async fn without_workers() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs: Blobs = Arc::new(FsStore::open(folder.path().join("blobs")).await.unwrap());
        Self {
            book: Arc::default(),
            changed: Arc::default(),
            originals_changed: watch::Sender::new(()),
            blobs,
            folder,
            workers: Vec::new(),
            next: 1,
        }
    }

    /// A folder for files of the test.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Starts a worker with these settings instead of the defaults.
    pub(crate) fn hire(&mut self, settings: &Value) -> Worker {
        let mut config: Config = Settings::load(&[], json!({})).unwrap().checked().unwrap();
        config.program = env!("CARGO_BIN_EXE_transcode-worker").into();
        let text = |key: &str| settings[key].as_str().map(PathBuf::from);
        config.ffmpeg = text("ffmpeg").unwrap_or(config.ffmpeg);
        let number = |key: &str| settings[key].as_u64().map(|number| u32::try_from(number).unwrap());
        config.max_jobs = number("max_jobs").unwrap_or(config.max_jobs);
        config.stall_seconds = number("stall_seconds").unwrap_or(config.stall_seconds);
        config.kill_after_seconds = number("kill_after_seconds").unwrap_or(config.kill_after_seconds);
        config.max_memory_mib = number("max_memory_mib").map_or(config.max_memory_mib, u64::from);
        config.max_cpu_percent = number("max_cpu_percent").unwrap_or(config.max_cpu_percent);
        config.preset = "ultrafast".into();
        let shutdown = Shutdown::default();
        let mut tasks = Tasks::new(shutdown.clone());
        let deps = Deps {
            media: self.fake().service(TestKeys::verifier()).unwrap().local(),
            blobs: self.blobs.clone(),
            clock: Clock::manual(1_000_000),
            token: service_token(),
        };
        let worker = transcode_worker::build(&config, deps, &mut tasks).unwrap();
        self.workers.push((shutdown, tasks));
        worker
    }

    /// Serves the desk to workers of other processes, at the returned URL.
    pub(crate) async fn serve(&self) -> String {
        testkit::serve(&self.fake().service(TestKeys::verifier()).unwrap()).await.unwrap()
    }

    /// Stops all workers and waits for them.
    pub(crate) async fn close(&mut self) {
        for (shutdown, tasks) in self.workers.drain(..) {
            shutdown.begin();
            tasks.finish().await;
        }
    }

    /// Stores a file in parts, and returns the id of its upload.
    pub(crate) async fn upload(&mut self, bytes: &[u8]) -> String {
        let upload = self.begin_upload(bytes.len());
        let half = bytes.len() / 2;
        self.send(&upload, 0, &bytes[..half]).await;
        self.send(&upload, half, &bytes[half..]).await;
        upload
    }

    /// An upload of which nothing is there.
    pub(crate) fn begin_upload(&mut self, size: usize) -> String {
        let upload = format!("upload_{}", self.next);
        self.next += 1;
        let size_bytes = i64::try_from(size).unwrap();
        let original = GetOriginalResponse { size_bytes, ..GetOriginalResponse::default() };
        self.book.lock().unwrap().originals.insert(upload.clone(), original);
        upload
    }

    /// Adds a part.
    pub(crate) async fn send(&self, upload: &str, start: usize, bytes: &[u8]) {
        let key: Key = format!("originals/{upload}/{start}").parse().unwrap();
        self.blobs.put(&key, blob::body(bytes.to_vec())).await.unwrap();
        let part = Part {
            start: i64::try_from(start).unwrap(),
            size_bytes: i64::try_from(bytes.len()).unwrap(),
            key: key.to_string(),
        };
        let mut book = self.book.lock().unwrap();
        let original = book.originals.get_mut(upload).unwrap();
        original.parts.push(part);
        let received: i64 = original.parts.iter().map(|part| part.size_bytes).sum();
        original.complete = received == original.size_bytes;
        drop(book);
        self.originals_changed.send_replace(());
    }

    /// Puts a task into the queue.
    pub(crate) fn add(&mut self, upload: &str, kind: Kind) -> String {
        let id = format!("task_{}", self.next);
        self.next += 1;
        let task = Task {
            id: id.clone(),
            lease: self.next,
            lease_for: Some(prost_types::Duration { seconds: 4, nanos: 0 }),
            upload_id: upload.to_owned(),
            kind: Some(kind),
            attempt: 1,
        };
        self.book.lock().unwrap().waiting.push_back(task);
        self.changed.notify_waiters();
        id
    }

    /// Waits for the end of a task.
    pub(crate) async fn ended(&self, task: &str) -> Ended {
        self.until(|book| book.ended.get(task).cloned()).await
    }

    /// Stores a file, and gives the plan the start that its probe tells.
    pub(crate) async fn planned(&mut self, file: &Path, plan: &mut Plan) -> (String, MediaProbe) {
        let upload = self.upload(&std::fs::read(file).unwrap()).await;
        let probe = self.done(&upload, super::plans::probe()).await.completed().probe.unwrap();
        plan.start_us = probe.start_us;
        (upload, probe)
    }

    /// Puts a task into the queue and waits for its end.
    pub(crate) async fn done(&mut self, upload: &str, kind: Kind) -> Ended {
        let task = self.add(upload, kind);
        self.ended(&task).await
    }

    /// Waits until the book says something.
    pub(crate) async fn until<T>(&self, mut look: impl FnMut(&Book) -> Option<T>) -> T {
        let found = async {
            loop {
                let mut changed = std::pin::pin!(self.changed.notified());
                changed.as_mut().enable();
                if let Some(found) = look(&self.book.lock().unwrap()) {
                    return found;
                }
                changed.await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("the worker does not get on: {:#?}", self.book.lock().unwrap().ended))
    }

    /// Whether the worker has told the end of a task.
    pub(crate) fn has_ended(&self, task: &str) -> bool {
        self.book.lock().unwrap().ended.contains_key(task)
    }

    /// The bytes of an object.
    pub(crate) async fn object(&self, key: &str) -> Vec<u8> {
        let object = self.blobs.get(&key.parse().unwrap()).await.unwrap();
        blob::collect(object.body, 1 << 30).await.unwrap()
    }

    /// Indexes of the published segments, in their order.
    pub(crate) fn published(&self) -> Vec<i32> {
        let book = self.book.lock().unwrap();
        book.published.iter().flat_map(|request| &request.segments).map(|segment| segment.index).collect()
    }

    fn fake(&self) -> Fake {
        let (book, changed) = (self.book.clone(), self.changed.clone());
        let originals = self.originals_changed.clone();
        let lease = {
            let (book, changed) = (book.clone(), changed.clone());
            move |_: rpc::Context, request: LeaseTaskRequest| {
                let (book, changed) = (book.clone(), changed.clone());
                async move {
                    let wait = Duration::try_from(request.wait.unwrap()).unwrap();
                    let may = request.active < request.slots;
                    book.lock().unwrap().leases.push(request);
                    changed.notify_waiters();
                    let task = tokio::time::timeout(wait, async {
                        loop {
                            let mut more = std::pin::pin!(changed.notified());
                            more.as_mut().enable();
                            let task = book.lock().unwrap().next(may);
                            if task.is_some() {
                                return task;
                            }
                            more.await;
                        }
                    });
                    let task = task.await.unwrap_or_default();
                    let queue_depth = i32::try_from(book.lock().unwrap().waiting.len()).unwrap();
                    Ok(LeaseTaskResponse { task, queue_depth })
                }
            }
        };
        let report = {
            let book = book.clone();
            move |_: rpc::Context, _: ReportTaskRequest| {
                let (lost, end) = book.lock().unwrap().orders;
                async move { Ok(ReportTaskResponse { lost, end }) }
            }
        };
        let publish = {
            let (book, changed) = (book.clone(), changed.clone());
            move |_: rpc::Context, request: PublishSegmentsRequest| {
                let mut book = book.lock().unwrap();
                book.published.push(request);
                changed.notify_waiters();
                let (lost, end) = book.orders;
                async move { Ok(PublishSegmentsResponse { lost, end }) }
            }
        };
        let complete = {
            let (book, changed) = (book.clone(), changed.clone());
            move |_: rpc::Context, request: CompleteTaskRequest| {
                book.lock().unwrap().ended.insert(request.task_id.clone(), Ended::Completed(request));
                changed.notify_waiters();
                async move { Ok(CompleteTaskResponse { lost: false }) }
            }
        };
        let fail = {
            let (book, changed) = (book.clone(), changed.clone());
            move |_: rpc::Context, request: FailTaskRequest| {
                book.lock().unwrap().ended.insert(request.task_id.clone(), Ended::Failed(request));
                changed.notify_waiters();
                async move { Ok(FailTaskResponse { lost: false }) }
            }
        };
        let original = move |_: rpc::Context, request: GetOriginalRequest| {
            let (book, mut more) = (book.clone(), originals.subscribe());
            async move {
                loop {
                    more.borrow_and_update();
                    let original = book.lock().unwrap().originals.get(&request.upload_id).cloned();
                    let Some(original) = original else {
                        return Err(tonic::Status::not_found("it was deleted"));
                    };
                    let received: i64 = original.parts.iter().map(|part| part.size_bytes).sum();
                    if request.known_bytes == 0 || received > request.known_bytes || original.complete {
                        return Ok(original);
                    }
                    // The call's own deadline ends the wait.
                    let _ = more.changed().await;
                }
            }
        };
        Fake::default()
            .on("syncwatch.transcode.v1.TranscodeService/LeaseTask", lease)
            .on("syncwatch.transcode.v1.TranscodeService/ReportTask", report)
            .on("syncwatch.transcode.v1.TranscodeService/PublishSegments", publish)
            .on("syncwatch.transcode.v1.TranscodeService/CompleteTask", complete)
            .on("syncwatch.transcode.v1.TranscodeService/FailTask", fail)
            .on("syncwatch.transcode.v1.TranscodeService/GetOriginal", original)
    }
}

impl Book {
    /// The next task; while a worker has no free slot, only an urgent one.
    fn next(&mut self, any: bool) -> Option<Task> {
        let urgent = |task: &Task| matches!(&task.kind, Some(Kind::Segments(task)) if task.urgent);
        let at = self.waiting.iter().position(|task| any || urgent(task))?;
        self.waiting.remove(at)
    }
}
