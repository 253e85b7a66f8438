//! `deploy/nginx/edge-cache.conf` in a real nginx, in front of the data plane.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{Router, extract::Request, middleware, response::Response};
use edge::{Claims, Signer};
use futures::future::join_all;
use reqwest::{StatusCode, header};
use runtime::Secret;

use crate::{
    films::{Film, encoded, range},
    world::World,
};

/// nginx in a folder of its own. Stops when it is dropped.
struct Nginx {
    server: Child,
    url: String,
    _dir: tempfile::TempDir,
}

impl Nginx {
    /// The configuration as it is shipped, with the three places changed that it names.
    async fn start(origin: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/nginx/edge-cache.conf");
        let shipped = std::fs::read_to_string(shipped).unwrap();
        assert_eq!(shipped.matches("# here:").count(), 3);
        let changed = shipped
            .replace("server 127.0.0.1:17124;", &format!("server {origin};"))
            .replace("listen 8080;", &format!("listen 127.0.0.1:{port};"))
            .replace("/var/cache/nginx/", &format!("{}/", dir.path().display()));
        let folder = dir.path().display();
        let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary = kinds.map(|kind| format!("{kind}_temp_path {folder}/{kind};")).join("\n");
        // Workers of root would run as somebody who cannot read the folder.
        let main = format!(
            "user root;\ndaemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}\n{changed}\n}}\n"
        );
        let file = dir.path().join("nginx.conf");
        std::fs::write(&file, main).unwrap();
        let server = Command::new("nginx")
            .arg("-p")
            .arg(dir.path())
            .arg("-c")
            .arg(&file)
            .args(["-e", &format!("{folder}/error.log")])
            .stdout(Stdio::null())
            .spawn()
            .expect("nginx is installed (scripts/setup.sh test)");
        let mut nginx = Self { server, url: format!("http://127.0.0.1:{port}"), _dir: dir };
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(nginx.server.try_wait().unwrap().is_none(), "nginx ended; is its configuration right?");
            tokio::task::yield_now().await;
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers at SIGTERM; SIGKILL would leave them.
        let _ = Command::new("kill").arg(self.server.id().to_string()).status();
        let _ = self.server.wait();
    }
}

/// A film behind the cache, and what the origin was asked.
struct Edge {
    world: World,
    film: Film,
    nginx: Nginx,
    asked: Arc<Mutex<Vec<String>>>,
    http: reqwest::Client,
}

impl Edge {
    async fn start() -> Self {
        let world = World::start().await;
        let film = world.planned("user_a", encoded(22)).await;
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = asked.clone();
        let origin: Router = world.data_plane.clone().layer(middleware::from_fn(
            move |request: Request, next: middleware::Next| {
                let seen = seen.clone();
                async move {
                    let range =
                        request.headers().get(header::RANGE).map(|it| it.to_str().unwrap().to_owned());
                    let line = format!("{} {}", request.uri().path(), range.unwrap_or_default());
                    seen.lock().unwrap().push(line.trim().to_owned());
                    let response: Response = next.run(request).await;
                    response
                }
            },
        ));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, origin).await });
        let nginx = Nginx::start(&address).await;
        Self { world, film, nginx, asked, http: reqwest::Client::new() }
    }

    /// The path of an object for a viewer.
    fn path(&self, viewer: &str, asset: &str, name: &str, lives_s: i64) -> String {
        let signer = Signer::new(&Secret::new(self.world.link_secret.clone())).unwrap();
        let claims = Claims {
            path: proto::prefix_of_asset(asset),
            room_id: "room_a".into(),
            subject_id: viewer.into(),
            expires_at_s: self.world.clock.now().timestamp() + lives_s,
        };
        let (token, own) = (signer.token(&claims), &self.film.asset);
        format!("{}/media/hls/{token}/{own}/1/{name}", self.nginx.url)
    }

    async fn get(&self, viewer: &str, name: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = self.http.get(self.path(viewer, &self.film.asset.to_string(), name, 600));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// What the origin was asked for, of objects whose path ends so.
    fn asked_for(&self, end: &str) -> Vec<String> {
        let all = self.asked.lock().unwrap();
        all.iter().filter(|line| line.split(' ').next().unwrap().ends_with(end)).cloned().collect()
    }
}

fn header_of<'a>(response: &'a reqwest::Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn fifty_viewers_are_one_request_to_the_origin() {
    // Case M18.
    let edge = Edge::start().await;
    edge.world.work_off().await;
    let viewers: Vec<_> = (0..50).map(|number| format!("guest_{number}")).collect();
    let answers = join_all(viewers.iter().map(|viewer| edge.get(viewer, "v1/2.m4s", &[]))).await;
    for answer in answers {
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(header_of(&answer, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(&answer.bytes().await.unwrap()[..], b"v1 2");
    }
    assert_eq!(edge.asked_for("v1/2.m4s").len(), 1);
    // It is kept: also for somebody who comes later, and by an origin that lost it.
    let folder = edge.world.blob_dir.path().join(format!("hls/{}", edge.film.asset));
    std::fs::remove_dir_all(folder).unwrap();
    let late = edge.get("guest_late", "v1/2.m4s", &[]).await;
    assert_eq!((late.status(), header_of(&late, "x-cache")), (StatusCode::OK, "HIT"));

    // An expired token, one of another film, and none are refused although the segment is here.
    let asset = edge.film.asset.to_string();
    let other = ids::AssetId::new().to_string();
    for path in [
        edge.path("guest_a", &asset, "v1/2.m4s", -1),
        edge.path("guest_a", &other, "v1/2.m4s", 600),
        format!("{}/media/hls/x/{asset}/1/v1/2.m4s", edge.nginx.url),
    ] {
        let refused = edge.http.get(&path).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        assert_eq!(header_of(&refused, "cache-control"), "no-store");
        assert_eq!(header_of(&refused, "access-control-allow-origin"), "*");
        let body: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(body["error"]["code"], 403);
    }
    assert_eq!(edge.asked_for("v1/2.m4s").len(), 1);
}

#[tokio::test]
async fn playlists_are_kept_and_are_the_same_for_all() {
    let edge = Edge::start().await;
    let first = edge.get("guest_a", "master.m3u8", &[]).await;
    assert_eq!(header_of(&first, "cache-control"), "public, max-age=5, stale-while-revalidate=10");
    let second = edge.get("guest_b", "master.m3u8", &[]).await;
    assert_eq!(header_of(&second, "x-cache"), "HIT");
    assert_eq!(first.text().await.unwrap(), second.text().await.unwrap());
    assert_eq!(edge.asked_for("master.m3u8").len(), 1);
}

#[tokio::test]
async fn what_is_being_made_is_waited_for_once_and_no_error_is_kept() {
    // Case M15.
    let edge = Edge::start().await;
    // Pictures for the seek bar are not waited for.
    for attempt in 1..=2 {
        let early = edge.get("guest_a", "storyboard/0.jpg", &[]).await;
        assert_eq!(early.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!((header_of(&early, "retry-after"), header_of(&early, "cache-control")), ("2", "no-store"));
        assert_eq!(header_of(&early, "access-control-allow-origin"), "*");
        assert_eq!(edge.asked_for("storyboard/0.jpg").len(), attempt, "the error was not kept");
    }
    let (one, two, ()) =
        tokio::join!(edge.get("guest_a", "v0/3.m4s", &[]), edge.get("guest_b", "v0/3.m4s", &[]), async {
            let queue = edge.world.queue_of_tasks();
            let task = loop {
                if let Some(task) = queue.lease("worker").await.filter(|task| range(task).contains(&3)) {
                    break task;
                }
            };
            edge.world.make(&task, &range(&task).collect::<Vec<_>>()).await;
        });
    assert_eq!((one.status(), two.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(edge.asked_for("v0/3.m4s").len(), 1);
}

#[tokio::test]
async fn ranges_are_passed_on_and_a_part_never_stands_for_the_whole() {
    let edge = Edge::start().await;
    edge.world.work_off().await;
    let bytes: Vec<u8> = (0..99_698_u32).map(|n| (n % 251) as u8).collect();
    edge.world.put(&format!("hls/{}/1/v0/1.m4s", edge.film.asset), &bytes);
    let part = edge.get("guest_a", "v0/1.m4s", &[("range", "bytes=-100")]).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(header_of(&part, "content-range"), "bytes 99598-99697/99698");
    assert_eq!(part.bytes().await.unwrap()[..], bytes[99_598..]);
    assert!(edge.asked_for("v0/1.m4s")[0].ends_with("bytes=-100"), "the origin got the range");

    let whole = edge.get("guest_a", "v0/1.m4s", &[]).await;
    let etag = header_of(&whole, "etag").to_owned();
    assert_eq!((whole.status(), whole.bytes().await.unwrap().len()), (StatusCode::OK, bytes.len()));
    for (range, status, length) in [
        ("bytes=0-", 206, 99_698),
        ("bytes=0-0", 206, 1),
        ("bytes=-100", 206, 100),
        ("bytes=0-999999", 206, 99_698),
        ("bytes=200000-", 416, 0),
    ] {
        let answer = edge.get("guest_b", "v0/1.m4s", &[("range", range), ("if-range", &etag)]).await;
        assert_eq!(answer.status().as_u16(), status, "{range}");
        if status == 206 {
            assert_eq!(answer.bytes().await.unwrap().len(), length, "{range}");
        }
    }
    assert_eq!(edge.asked_for("v0/1.m4s").len(), 2, "the others came from the cache");
}

#[tokio::test]
async fn every_copy_can_be_read_by_any_page() {
    // Case M17.
    let edge = Edge::start().await;
    edge.world.work_off().await;
    for headers in [&[][..], &[("origin", "https://watch.example")][..]] {
        let answer = edge.get("guest_a", "a0/0.m4s", headers).await;
        assert_eq!(answer.headers().get_all("access-control-allow-origin").iter().count(), 1);
        assert_eq!(header_of(&answer, "access-control-allow-origin"), "*");
    }
    let film = edge.http.get(format!("{}/media/film/test.mp4", edge.nginx.url)).send().await.unwrap();
    assert_eq!(film.status(), StatusCode::FORBIDDEN, "everything else of the data plane is passed on");
}
