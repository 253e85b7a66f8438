//! Encoders that hang, ignore SIGTERM, or take too much memory. A script stands for ffmpeg.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use proto::transcode::v1::{FailTaskRequest, Plan};
use serde_json::{Value, json};

use super::{
    desk::Desk,
    film::Film,
    plans::{plan, segments, with_picture},
};

/// A desk with a worker whose encoder does as the script says, and a film for it. The script finds its folder in `$FOLDER`, and
/// writes its process id into the pipe `$FOLDER/started`.
struct Scripted {
    desk: Desk,
    folder: PathBuf,
    upload: String,
    plan: Plan,
}

impl Scripted {
    async fn new(script: &str, settings: &Value) -> Self {
        let mut desk = Desk::without_workers().await;
        let folder = desk.folder();
        let ffmpeg = folder.join("ffmpeg");
        // The worker asks for its version before it takes tasks.
        let head = format!(
            "#!/bin/sh\n[ \"$1\" = -version ] && exec ffmpeg -version\nFOLDER={}\n",
            folder.display()
        );
        fs::write(&ffmpeg, head + script).unwrap();
        fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(Command::new("mkfifo").arg(folder.join("started")).status().unwrap().success());
        let film = Film::new(&folder, 25).file("a.mkv", &["-map", "0:v", "-c:v", "mpeg4"]);
        let upload = desk.upload(&fs::read(film).unwrap()).await;
        let mut settings = settings.clone();
        settings["ffmpeg"] = ffmpeg.to_str().into();
        desk.hire(&settings);
        let plan = with_picture(plan("matroska,webm", &[0, 1000]), &[(256, 144)]);
        Self { desk, folder, upload, plan }
    }

    fn begin(&mut self) -> String {
        self.desk.add(&self.upload, segments(&self.plan, 0, 1))
    }

    /// The process ids of so many encoders.
    async fn started(&self, count: usize) -> Vec<u32> {
        let pipe = self.folder.join("started");
        let read = move || {
            let mut pids = Vec::new();
            while pids.len() < count {
                let text = fs::read_to_string(&pipe).unwrap();
                pids.extend(text.lines().map(|line| line.parse::<u32>().unwrap()));
            }
            pids
        };
        tokio::task::spawn_blocking(read).await.unwrap()
    }

    /// How the only task ends; its encoder has ended then.
    async fn failed(mut self) -> FailTaskRequest {
        let task = self.begin();
        let pids = self.started(1).await;
        let failed = self.desk.ended(&task).await.failed();
        self.desk.close().await;
        assert!(!is_running(pids[0]));
        failed
    }
}

fn is_running(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// Answers SIGTERM and does nothing else.
const HANGS: &str = "echo $$ > $FOLDER/started\nwhile :; do sleep 0.1; done\n";

// Rows 4.6.4-4, 4.6.4-8.
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_without_progress_is_ended() {
    // It talks all the time, and gets no further.
    let script = "echo $$ > $FOLDER/started\nwhile :; do echo out_time_us=40000; sleep 0.1; done\n";
    let failed = Scripted::new(script, &json!({"stall_seconds": 1})).await.failed().await;
    assert!(failed.timed_out && failed.retryable, "{failed:?}");
    assert!(failed.message.contains("made no progress for 1 s"), "{}", failed.message);
}

// Row 4.6.4-10.
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_ignores_sigterm_is_killed() {
    let script = format!("trap '' TERM\necho stuck >&2\n{HANGS}");
    let settings = json!({"stall_seconds": 1, "kill_after_seconds": 1});
    let failed = Scripted::new(&script, &settings).await.failed().await;
    assert!(failed.timed_out && failed.message.contains("made no progress"), "{failed:?}");
    assert_eq!(failed.log, "stuck", "what it said is told to administrators");
}

// Rows 4.6.4-2, 8.7.2-3, 8.7.2-4.
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_with_too_much_memory_is_ended() {
    let script = "echo $$ > $FOLDER/started\nexec perl -e '$film = \"a\"; $film x= 200 << 20; sleep 600'\n";
    let failed = Scripted::new(script, &json!({"max_memory_mib": 128})).await.failed().await;
    assert!(failed.timed_out && failed.message.contains("128 are allowed"), "{failed:?}");
}

// Rows 4.6.4-1, 8.7.2-1, 8.7.2-2.
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_has_some_of_the_processors_and_a_low_priority() {
    let script = "echo $$ > $FOLDER/started\necho $(nproc) processors, priority $(nice) >&2\nexit 1\n";
    let failed = Scripted::new(script, &json!({"max_cpu_percent": 1})).await.failed().await;
    assert_eq!(failed.log, "1 processors, priority 19");
}

// Rows 9.5.2-1, 9.5.2-2, 8.7.2-9.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_ends_every_encoder() {
    // The first one obeys, the second one does not.
    let script = "if mkdir $FOLDER/first; then trap 'echo obeyed >> $FOLDER/obeyed; exit' TERM; else trap '' TERM; fi\n";
    let settings = json!({"max_jobs": 2, "kill_after_seconds": 1});
    let mut scripted = Scripted::new(&format!("{script}{HANGS}"), &settings).await;
    let tasks = [scripted.begin(), scripted.begin()];
    let pids = scripted.started(2).await;
    scripted.desk.close().await;
    assert_eq!(fs::read_to_string(scripted.folder.join("obeyed")).unwrap(), "obeyed\n");
    assert!(!pids.into_iter().any(is_running));
    for task in &tasks {
        assert!(scripted.desk.ended(task).await.failed().released);
    }
}
