//! The worker as a process of its own: health, metrics, its end.

use std::{fs, process::Stdio};

use testkit::SERVICE_TOKEN;
use tokio::{net::TcpStream, process::Command};

use super::{desk::Desk, film::Film, plans::probe};

async fn text(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

// Rows 2.1-9, 3.4-7, 4.6.1-6, 8.6.1-2, 13.3-13.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_does_tasks_and_tells_of_itself() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut desk = Desk::without_workers().await;
    let admin = format!("127.0.0.1:{}", testkit::free_port().unwrap());
    let settings = format!(
        "[transcode]\nadmin_listen = \"{admin}\"\n[store]\nfolder = {:?}\n[services]\nmedia = \"{}\"\n[rpc]\ntoken = \"{SERVICE_TOKEN}\"\n",
        desk.folder().join("blobs"),
        desk.serve().await
    );
    let file = desk.folder().join("worker.toml");
    fs::write(&file, settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_transcode-worker"));
    let command = command.arg("--config").arg(&file).stdout(Stdio::null()).kill_on_drop(true);
    let mut worker = command.spawn().unwrap();
    while TcpStream::connect(&admin).await.is_err() {
        assert!(worker.try_wait().unwrap().is_none(), "the worker ended");
        tokio::task::yield_now().await;
    }
    let film = Film::new(&desk.folder(), 25).file("a.mp4", &["-c:v", "libx264", "-pix_fmt", "yuv420p"]);
    let upload = desk.upload(&fs::read(film).unwrap()).await;
    desk.done(&upload, probe()).await.completed();

    assert_eq!(text(&format!("http://{admin}/health/live")).await.0, 200);
    assert_eq!(text(&format!("http://{admin}/health/ready")).await.0, 200, "it has found its programs");
    // media-svc knows of the end of a task before the worker has counted it.
    let until = async |path: &str, words: &[&str]| loop {
        let told = text(&format!("http://{admin}{path}")).await.1;
        if words.iter().all(|word| told.contains(word)) {
            break;
        }
    };
    let told = [
        "\"healthy\":true",
        "\"activeJobs\":0",
        "\"stalledJobs\":0",
        "\"ffmpegAvailable\":true",
        "\"lastJobCompletedAt\"",
    ];
    until("/health/transcoder", &told).await;
    until("/metrics", &["syncwatch_transcoding_duration_seconds_count{kind=\"probe\""]).await;

    let pid = worker.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").arg(pid).status().unwrap().success());
    assert!(worker.wait().await.unwrap().success());
}
