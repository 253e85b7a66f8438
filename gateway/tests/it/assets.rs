//! The web client. A debug build reads `web/dist`, so a test holds in both cases: built and not built.

use axum::body::Body;
use http::{Method, Request, StatusCode};

use super::world::World;

fn built() -> bool {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist/index.html").exists()
}

#[tokio::test]
async fn pages_of_the_client_are_one_file_and_never_cached() {
    let world = World::new();
    for path in ["/", "/r/abcd2345", "/sign-in"] {
        let answer = world.get(path).await;
        if !built() {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(String::from_utf8(answer.body).unwrap().contains(if path == "/" {
                ""
            } else {
                "not part of this build"
            }));
            continue;
        }
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-cache"), "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        let tag = answer.header("etag").to_owned();
        let again = Request::get(path).header("if-none-match", tag).body(Body::empty()).unwrap();
        let again = world.send(again).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    }
}

#[tokio::test]
async fn paths_outside_the_client_get_no_client_page() {
    let world = World::new();
    for path in [
        "/api/x",
        "/api",
        "/ws/x",
        "/media",
        "/health/x",
        "/api-docs/x",
        "/assets/missing.js",
        "/assets/missing",
        "/assets",
        "/missing.png",
        "/.well-known/x",
        // Case P6.
        "/metrics",
        "/livez",
        "/r",
        "/r/a/b",
        "/admin",
    ] {
        let answer = world.get(path).await;
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (StatusCode::NOT_FOUND, "NO_SUCH_ROUTE"),
            "{path}"
        );
    }
    assert_eq!(
        world.call(Method::POST, "/r/abcd2345", &[], &serde_json::json!({})).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn hashed_files_are_cached_for_ever() {
    let Ok(assets) =
        std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist/assets"))
    else {
        return;
    };
    let Some(name) = assets
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find(|name| name.starts_with("main-") && name.contains(".js"))
    else {
        return;
    };
    let answer = World::new().get(&format!("/assets/{name}")).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (StatusCode::OK, "public, max-age=31536000, immutable")
    );
    assert!(answer.header("content-type").starts_with("text/javascript"));
}

fn browse(path: &str) -> Request<Body> {
    let request = Request::get(path).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    request.header("host", "watch.example.org").body(Body::empty()).unwrap()
}

// Case P6.
#[tokio::test]
async fn an_unknown_path_gets_the_not_found_page_with_404() {
    if !built() {
        return;
    }
    let world = World::new();
    for path in ["/metrics", "/livez", "/nowhere", "/r/a/b"] {
        let answer = world.send(browse(path)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    }
    // Case O14.
    for path in ["/assets/main-0a1b2c3d.js", "/assets/old", "/api/nowhere", "/media", "/old.js"] {
        let answer = world.send(browse(path)).await;
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (StatusCode::NOT_FOUND, "NO_SUCH_ROUTE"),
            "{path}"
        );
        assert!(answer.header("cache-control").is_empty(), "a 404 is not kept: {path}");
    }
}

// Case P6.
#[tokio::test]
async fn there_is_an_icon() {
    if !built() {
        return;
    }
    let world = World::new();
    for (path, kind) in [
        ("/favicon.ico", "image/x-icon"),
        ("/icon.svg", "image/svg+xml"),
        ("/apple-touch-icon.png", "image/png"),
        ("/og.jpg", "image/jpeg"),
    ] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, kind), "{path}");
    }
}

// Case P6.
#[tokio::test]
async fn an_invite_preview_describes_public_rooms_only() {
    if !built() {
        return;
    }
    let world = World::new();
    let page = async |path: &str| String::from_utf8(world.send(browse(path)).await.body).unwrap();
    let public = page("/r/pubcabcd").await;
    assert!(
        public.contains(r#"property="og:title" content="Kino &amp; &quot;Co&quot; &lt;3 · SyncWatch""#),
        "{public}"
    );
    assert!(public.contains(r#"property="og:description" content="Big Buck Bunny. "#), "{public}");
    assert!(public.contains(r#"property="og:image" content="http://watch.example.org/og.jpg""#), "{public}");
    assert!(
        public.contains(r#"property="og:url" content="http://watch.example.org/r/pubcabcd""#),
        "{public}"
    );
    assert_eq!(public.matches("og:title").count(), 1, "{public}");

    let unlisted = page("/r/secretab").await;
    assert!(unlisted.contains(r#"content="Join the room · SyncWatch""#), "{unlisted}");
    let nothing = page("/r/nnnnnnnn").await;
    assert_eq!(
        unlisted.replace("secretab", ""),
        nothing.replace("nnnnnnnn", ""),
        "not even whether there is a room"
    );
    assert!(page("/").await.contains(r#"property="og:title" content="SyncWatch""#));

    let asked = || world.state.previews_asked.load(std::sync::atomic::Ordering::SeqCst);
    let before = asked();
    for _ in 0..100 {
        page("/r/pubcabcd").await;
        page("/r/secretab").await;
    }
    assert_eq!(asked(), before, "answers are kept for a moment");
    world.clock.advance(std::time::Duration::from_secs(31));
    page("/r/pubcabcd").await;
    assert_eq!(asked(), before + 1);
    for n in 0..1_000 {
        page(&format!("/r/{}", code(n))).await;
    }
    // The clock of this test stands still, so no token comes back.
    assert_eq!(asked(), before + 100, "made-up codes cost a bounded number of calls");
    assert!(page("/r/pubcabcd").await.contains("Big Buck Bunny"), "and what is kept is still told");
}

/// A code in the alphabet of codes.
fn code(n: usize) -> String {
    const ALPHABET: &[u8] = b"23456789abcdefgh";
    (0..8).map(|digit| char::from(ALPHABET[n >> (4 * digit) & 15])).collect()
}

#[tokio::test]
async fn the_configured_url_wins_over_the_host_header() {
    if !built() {
        return;
    }
    let world = World::configured(|config| config.public_url = "https://film.example.org/".into());
    let page = String::from_utf8(world.send(browse("/r/secretab")).await.body).unwrap();
    assert!(page.contains(r#"content="https://film.example.org/og.jpg""#), "{page}");
}
