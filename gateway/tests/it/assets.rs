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
    for path in ["/", "/r/abcd2345", "/account"] {
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
async fn what_is_no_page_is_not_answered_with_one() {
    let world = World::new();
    for path in [
        "/api/x",
        "/api",
        "/ws/x",
        "/media",
        "/health/x",
        "/api-docs/x",
        "/assets/missing.js",
        "/missing.png",
        "/.well-known/x",
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
async fn hashed_files_are_kept_for_ever() {
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
