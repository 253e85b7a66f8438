//! Pages of other origins that send files.

use axum::{Router, body::Body, routing::any};
use gateway::DataPlane;
use http::{Method, Request, StatusCode};

use super::world::{Answer, World};

const FRIEND: &str = "https://friend.example";

/// The data plane answers each method with its name.
fn world() -> World {
    let plane = Router::new()
        .route("/media/uploads", any(|method: Method| async move { [("x-method", method.to_string())] }));
    World::with(|config| config.cors_origins = vec![FRIEND.into()], DataPlane::Local(plane))
}

async fn options(world: &World, origin: &str, wanted: Option<&str>) -> Answer {
    let mut request =
        Request::builder().method(Method::OPTIONS).uri("/media/uploads").header("origin", origin);
    if let Some(method) = wanted {
        request = request.header("access-control-request-method", method);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn options_that_is_no_preflight_reaches_the_uploads() {
    let world = world();
    let answer = options(&world, FRIEND, None).await;
    assert_eq!((answer.status, answer.header("x-method")), (StatusCode::OK, "OPTIONS"));
    assert_eq!(answer.header("access-control-allow-origin"), FRIEND);
    let exposed = answer.header("access-control-expose-headers");
    for name in [
        "location",
        "upload-offset",
        "upload-length",
        "upload-expires",
        "tus-resumable",
        "tus-version",
        "tus-max-size",
    ] {
        assert!(exposed.split(',').any(|it| it == name), "{name}: {exposed}");
    }
    let stranger = options(&world, "https://stranger.example", None).await;
    assert_eq!(
        (stranger.header("x-method"), stranger.header("access-control-allow-origin")),
        ("OPTIONS", "")
    );
}

#[tokio::test]
async fn a_preflight_names_what_uploads_need() {
    let world = world();
    for method in ["POST", "PATCH", "HEAD", "DELETE", "OPTIONS"] {
        let answer = options(&world, FRIEND, Some(method)).await;
        assert_eq!((answer.status, answer.header("x-method")), (StatusCode::OK, ""), "it goes no further");
        assert!(answer.header("access-control-allow-methods").split(',').any(|it| it == method));
        let allowed = answer.header("access-control-allow-headers");
        for name in [
            "authorization",
            "content-type",
            "tus-resumable",
            "upload-length",
            "upload-metadata",
            "upload-offset",
            "upload-concat",
            "upload-defer-length",
            "upload-checksum",
            "upload-complete",
            "x-http-method-override",
        ] {
            assert!(allowed.split(',').any(|it| it == name), "{name}: {allowed}");
        }
    }
}
