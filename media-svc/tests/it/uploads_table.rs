//! Raw requests of both protocols: each header field missing, twice and wrong.

use axum::body::Body;

use crate::{
    uploads_client::{Client, PATH, film, metadata, raw},
    world::World,
};

/// Bytes that each upload of the table has, of 100.
const SENT: usize = 40;

/// What is done to the fields of a valid request.
enum Change {
    None,
    Without(&'static str),
    Twice(&'static str),
    With(&'static str, &'static str),
}
use Change::{None as Unchanged, Twice, With, Without};

/// A valid request: method, whether it is about an upload that is there, fields.
type Valid = (&'static str, bool, &'static [(&'static str, &'static str)]);

const TUS_POST: Valid = (
    "POST",
    false,
    &[
        ("tus-resumable", "1.0.0"),
        ("upload-length", "100"),
        ("upload-metadata", "filename ZmlsbS5tcDQ=,filetype dmlkZW8vbXA0"),
    ],
);
const TUS_PATCH: Valid = (
    "PATCH",
    true,
    &[
        ("tus-resumable", "1.0.0"),
        ("upload-offset", "40"),
        ("content-type", "application/offset+octet-stream"),
    ],
);
const TUS_HEAD: Valid = ("HEAD", true, &[("tus-resumable", "1.0.0")]);
const TUS_DELETE: Valid = ("DELETE", true, &[("tus-resumable", "1.0.0")]);
const IETF_POST: Valid = (
    "POST",
    false,
    &[
        ("upload-draft-interop-version", "8"),
        ("upload-complete", "?0"),
        ("upload-length", "100"),
        ("content-type", "video/mp4"),
        ("content-disposition", "attachment; filename=\"film.mp4\""),
    ],
);
const IETF_PATCH: Valid = (
    "PATCH",
    true,
    &[
        ("upload-draft-interop-version", "8"),
        ("upload-complete", "?0"),
        ("upload-offset", "40"),
        ("content-type", "application/partial-upload"),
    ],
);
const IETF_HEAD: Valid = ("HEAD", true, &[("upload-draft-interop-version", "8")]);
const IETF_DELETE: Valid = ("DELETE", true, &[]);

/// Request, change, body, status, reason (empty: none in the form of this API).
type Row = (Valid, Change, &'static str, u16, &'static str);

const NONE: &str = "";

const ROWS: &[Row] = &[
    // tus, creation
    (TUS_POST, Unchanged, "", 201, NONE),
    (TUS_POST, Without("tus-resumable"), "", 412, "INVALID_FIELD"),
    (TUS_POST, Twice("tus-resumable"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("tus-resumable", "0.2.2"), "", 412, "INVALID_FIELD"),
    (TUS_POST, With("tus-resumable", ""), "", 412, "INVALID_FIELD"),
    (TUS_POST, Without("upload-length"), "", 400, "INVALID_FIELD"),
    (TUS_POST, Twice("upload-length"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-length", "0"), "", 400, "FILE_EMPTY"),
    (TUS_POST, With("upload-length", "-1"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-length", "+1"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-length", "1e3"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-length", "99999999999999999999"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-length", "9223372036854775807"), "", 413, "TOO_LARGE"),
    (TUS_POST, With("upload-length", "8589934593"), "", 413, "TOO_LARGE"),
    (TUS_POST, With("upload-length", "8589934592"), "", 201, NONE),
    (TUS_POST, With("upload-defer-length", "1"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-defer-length", "2"), "", 400, "INVALID_FIELD"),
    (TUS_POST, Without("upload-metadata"), "", 415, "UNSUPPORTED_FORMAT"),
    (TUS_POST, Twice("upload-metadata"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-metadata", "filename !!!"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-metadata", "filetype dmlkZW8vYXZp"), "", 415, "UNSUPPORTED_FORMAT"),
    (TUS_POST, With("upload-metadata", "filename ZmlsbS5tcDQ="), "", 201, NONE),
    (TUS_POST, With("upload-metadata", "name ZmlsbS5tcDQ=,flag,type dmlkZW8vbXA0"), "", 201, NONE),
    (TUS_POST, With("upload-complete", "?0"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-draft-interop-version", "8"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-concat", "half"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-concat", "final;"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-concat", "final;/elsewhere/x"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-concat", "final;/media/uploads/upload_1"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("upload-concat", "partial"), "", 201, NONE),
    (TUS_POST, With("content-type", "application/json"), "{}", 415, "INVALID_FIELD"),
    (TUS_POST, With("content-type", "application/offset+octet-stream"), "", 201, NONE),
    (TUS_POST, With("x-http-method-override", "TRACE"), "", 400, "INVALID_FIELD"),
    (TUS_POST, With("x-http-method-override", "PATCH"), "", 405, "NO_SUCH_ROUTE"),
    (TUS_POST, With("authorization", "Basic eDp5"), "", 400, "INVALID_FIELD"),
    // tus, appending
    (TUS_PATCH, Unchanged, "0123456789", 204, NONE),
    (TUS_PATCH, Without("tus-resumable"), "0", 412, "INVALID_FIELD"),
    (TUS_PATCH, Twice("tus-resumable"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("tus-resumable", "2.0.0"), "0", 412, "INVALID_FIELD"),
    (TUS_PATCH, Without("upload-offset"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, Twice("upload-offset"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-offset", "39"), "0", 409, "UPLOAD_OFFSET_MISMATCH"),
    (TUS_PATCH, With("upload-offset", "41"), "0", 409, "UPLOAD_OFFSET_MISMATCH"),
    (TUS_PATCH, With("upload-offset", "0"), "0", 409, "UPLOAD_OFFSET_MISMATCH"),
    (TUS_PATCH, With("upload-offset", "-40"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-offset", "forty"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, Without("content-type"), "0", 415, "INVALID_FIELD"),
    (TUS_PATCH, Twice("content-type"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("content-type", "application/octet-stream"), "0", 415, "INVALID_FIELD"),
    (TUS_PATCH, With("content-type", "application/partial-upload"), "0", 415, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-length", "100"), "0", 204, NONE),
    (TUS_PATCH, With("upload-length", "101"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-length", "x"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-complete", "?1"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-checksum", "md5 1B2M2Y8AsgTpgAmY7PhCfg=="), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-checksum", "sha1"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("upload-checksum", "sha1 AAAA"), "0", 400, "INVALID_FIELD"),
    (
        TUS_PATCH,
        With("upload-checksum", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
        "0",
        460,
        "UPLOAD_CHECKSUM_MISMATCH",
    ),
    (
        TUS_PATCH,
        With("upload-checksum", "sha1 tlifxqsNyC0uEzKPnOiKYgA1eZs="),
        "0",
        460,
        "UPLOAD_CHECKSUM_MISMATCH",
    ),
    (TUS_PATCH, With("upload-checksum", "sha1 tlifxqsNyCzxIJnRwtQKuZToQQw="), "0", 204, NONE),
    (TUS_PATCH, With("content-length", "999"), "0", 400, "INVALID_FIELD"),
    (TUS_PATCH, With("x-http-method-override", "HEAD"), "", 200, NONE),
    (TUS_PATCH, Unchanged, "", 204, NONE),
    // tus, asking and deleting
    (TUS_HEAD, Unchanged, "", 200, NONE),
    (TUS_HEAD, Twice("tus-resumable"), "", 400, NONE),
    (TUS_HEAD, With("tus-resumable", "1.0.1"), "", 412, NONE),
    (TUS_HEAD, With("upload-draft-interop-version", "8"), "", 400, NONE),
    (TUS_DELETE, Unchanged, "", 204, NONE),
    (TUS_DELETE, With("tus-resumable", "1"), "", 412, "INVALID_FIELD"),
    (TUS_DELETE, With("x-http-method-override", "PATCH"), "", 415, "INVALID_FIELD"),
    // IETF, creation
    (IETF_POST, Unchanged, "", 201, NONE),
    (IETF_POST, Without("upload-draft-interop-version"), "", 201, NONE),
    (IETF_POST, With("upload-draft-interop-version", "3"), "", 201, NONE),
    (IETF_POST, Without("upload-complete"), "", 400, "INVALID_FIELD"),
    (IETF_POST, Twice("upload-complete"), "", 400, "INVALID_FIELD"),
    (IETF_POST, With("upload-complete", "1"), "", 400, "INVALID_FIELD"),
    (IETF_POST, With("upload-complete", "?2"), "", 400, "INVALID_FIELD"),
    (IETF_POST, With("upload-complete", "?1"), "0123", 400, NONE),
    (IETF_POST, Without("upload-length"), "", 201, NONE),
    (IETF_POST, Twice("upload-length"), "", 400, "INVALID_FIELD"),
    (IETF_POST, With("upload-length", "0"), "", 400, "FILE_EMPTY"),
    (IETF_POST, With("upload-length", "none"), "", 400, "INVALID_FIELD"),
    (IETF_POST, With("upload-length", "8589934593"), "", 413, "TOO_LARGE"),
    (IETF_POST, Without("content-type"), "", 201, NONE),
    (IETF_POST, Twice("content-type"), "", 400, "INVALID_FIELD"),
    (IETF_POST, With("content-type", "image/png"), "", 415, "UNSUPPORTED_FORMAT"),
    (IETF_POST, Without("content-disposition"), "", 201, NONE),
    (IETF_POST, Twice("content-disposition"), "", 400, "INVALID_FIELD"),
    (IETF_POST, With("tus-resumable", "1.0.0"), "", 400, "INVALID_FIELD"),
    // IETF, appending
    (IETF_PATCH, Unchanged, "0123456789", 204, NONE),
    (IETF_PATCH, Without("upload-draft-interop-version"), "0", 204, NONE),
    (IETF_PATCH, Without("upload-complete"), "0", 400, "INVALID_FIELD"),
    (IETF_PATCH, Twice("upload-complete"), "0", 400, "INVALID_FIELD"),
    (IETF_PATCH, With("upload-complete", "yes"), "0", 400, "INVALID_FIELD"),
    (IETF_PATCH, With("upload-complete", "?1"), "0", 400, NONE),
    (IETF_PATCH, Without("upload-offset"), "0", 400, "INVALID_FIELD"),
    (IETF_PATCH, Twice("upload-offset"), "0", 400, "INVALID_FIELD"),
    (IETF_PATCH, With("upload-offset", "16"), "0", 409, NONE),
    (IETF_PATCH, With("upload-offset", "4.0"), "0", 400, "INVALID_FIELD"),
    (IETF_PATCH, Without("content-type"), "0", 415, "INVALID_FIELD"),
    (IETF_PATCH, With("content-type", "video/mp4"), "0", 415, "INVALID_FIELD"),
    (IETF_PATCH, With("upload-length", "99"), "0", 400, NONE),
    (IETF_PATCH, With("tus-resumable", "1.0.0"), "0", 400, "INVALID_FIELD"),
    // IETF, asking and deleting
    (IETF_HEAD, Unchanged, "", 204, NONE),
    (IETF_HEAD, Without("upload-draft-interop-version"), "", 204, NONE),
    (IETF_DELETE, Unchanged, "", 204, NONE),
];

fn changed<'a>(valid: &Valid, change: &Change) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = valid.2.to_vec();
    match *change {
        Unchanged => {}
        Without(name) => fields.retain(|field| field.0 != name),
        Twice(name) => fields.extend(valid.2.iter().filter(|field| field.0 == name)),
        With(name, value) => {
            fields.retain(|field| field.0 != name);
            fields.push((name, value));
        }
    }
    fields
}

#[tokio::test]
async fn each_field_missing_twice_and_wrong() {
    let (world, _tasks) = World::uploading(serde_json::json!({"quota_bytes": 1_u64 << 40})).await;
    for (index, (valid, change, body, status, reason)) in ROWS.iter().enumerate() {
        let client = Client::user(&world.data_plane);
        let path = if valid.1 {
            let path = client.begin(100).await;
            assert_eq!(client.patch(&path, 0, film(SENT)).await.status, 204);
            path
        } else {
            PATH.to_owned()
        };
        let mut fields = changed(valid, change);
        let length = body.len().to_string();
        if !fields.iter().any(|field| field.0 == "content-length") {
            fields.push(("content-length", &length));
        }
        let answer = client.send(valid.0, &path, &fields, *body).await;
        let told = (answer.status.as_u16(), answer.reason());
        assert_eq!(told, (*status, (*reason).to_owned()), "row {index}: {} {fields:?}", valid.0);
        assert_eq!(answer.header("cache-control"), "no-store", "row {index}");
        // A refused request leaves the upload as it was.
        if valid.1 && *status >= 400 {
            let head = client.head(&path).await;
            assert_eq!((head.status.as_u16(), head.offset()), (200, SENT as u64), "row {index}");
        }
        // A request that is refused before it begins an upload holds no storage.
        if !valid.1 && *status >= 400 {
            let used: i64 = sqlx::query_scalar("SELECT count(*) FROM media.uploads WHERE owner_id = $1")
                .bind(&client.id)
                .fetch_one(&world.pool)
                .await
                .unwrap();
            assert_eq!(used, 0, "row {index}");
        }
    }
}

#[tokio::test]
async fn each_protocol_is_answered_in_its_own_form() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let path = client.begin(100).await;
    client.patch(&path, 0, film(SENT)).await;

    let tus = client.head(&path).await;
    assert_eq!(
        [tus.header("tus-resumable"), tus.header("upload-offset"), tus.header("upload-length")],
        ["1.0.0", "40", "100"]
    );
    assert!(tus.header("upload-expires").ends_with("GMT"));
    assert!(tus.header("upload-metadata").contains("filename"));
    assert_eq!(tus.header("upload-complete"), "");

    let ietf = client.send("HEAD", &path, &[], Body::empty()).await;
    assert_eq!(
        [ietf.header("upload-complete"), ietf.header("upload-offset"), ietf.header("upload-length")],
        ["?0", "40", "100"]
    );
    assert!(ietf.header("upload-limit").contains("max-size=8589934592"));
    assert_eq!(ietf.header("tus-resumable"), "");

    let fields =
        [("upload-complete", "?0"), ("upload-offset", "16"), ("content-type", "application/partial-upload")];
    let problem = client.send("PATCH", &path, &fields, "0").await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    let body = problem.json();
    assert_eq!(body["type"], "https://iana.org/assignments/http-problem-types#mismatching-upload-offset");
    assert_eq!((&body["expected-offset"], &body["provided-offset"]), (&40.into(), &16.into()));
    assert_eq!([problem.header("upload-complete"), problem.header("upload-offset")], ["?0", "40"]);

    let fields =
        [("upload-complete", "?1"), ("upload-offset", "40"), ("content-type", "application/partial-upload")];
    let problem = client.send("PATCH", &path, &fields, "0").await;
    assert_eq!(
        problem.json()["type"],
        "https://iana.org/assignments/http-problem-types#inconsistent-upload-length"
    );

    let options = raw(&world.data_plane, "OPTIONS", PATH, &[], Body::empty()).await;
    assert_eq!(options.status, 204);
    for (name, part) in [
        ("tus-version", "1.0.0"),
        ("tus-extension", "concatenation-unfinished"),
        ("tus-checksum-algorithm", "sha1,sha256,crc32c"),
        ("tus-max-size", "8589934592"),
        ("upload-limit", "max-age=86400"),
        ("accept-patch", "application/partial-upload"),
    ] {
        assert!(options.header(name).contains(part), "{name}: {}", options.header(name));
    }
}

// Case M4: behind a proxy that says nothing of https.
#[tokio::test]
async fn a_location_is_a_path() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let client = Client::user(&world.data_plane);
    let metadata = metadata("film.mp4", "video/mp4");
    let fields = [
        ("tus-resumable", "1.0.0"),
        ("upload-length", "9"),
        ("upload-metadata", &*metadata),
        ("host", "evil.example"),
        ("x-forwarded-proto", "http"),
    ];
    let answer = client.send("POST", PATH, &fields, Body::empty()).await;
    assert!(answer.location().starts_with("/media/uploads/upload_"));
}

#[tokio::test]
async fn only_the_owner_knows_of_an_upload() {
    let (world, _tasks) = World::uploading(serde_json::json!({})).await;
    let (ada, eve) = (Client::user(&world.data_plane), Client::user(&world.data_plane));
    let path = ada.begin(100).await;
    assert_eq!(eve.head(&path).await.status, 404);
    assert_eq!(eve.patch(&path, 0, film(10)).await.reason(), "UPLOAD_NOT_FOUND");
    assert_eq!(eve.send("DELETE", &path, &[("tus-resumable", "1.0.0")], Body::empty()).await.status, 404);
    let nobody = raw(&world.data_plane, "HEAD", &path, &[("tus-resumable", "1.0.0")], Body::empty()).await;
    assert_eq!(nobody.status, 401);
    let forged = [("tus-resumable", "1.0.0"), ("authorization", "Bearer x.y.z")];
    assert_eq!(raw(&world.data_plane, "HEAD", &path, &forged, Body::empty()).await.status, 401);
    for id in ["upload_1", "user_01", "x"] {
        assert_eq!(ada.head(&format!("{PATH}/{id}")).await.status, 404, "{id}");
    }
    assert_eq!(ada.head(&path).await.status, 200);
}
