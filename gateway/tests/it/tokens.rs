//! Access tokens that are not ours, or no longer: none of them says who somebody is, over HTTP or on a socket.

use axum::{Router, body::Body};
use base64::{
    Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE, prelude::BASE64_URL_SAFE_NO_PAD,
};
use ed25519_dalek::{
    Signer as _, SigningKey, pkcs8::EncodePublicKey as _, pkcs8::spki::der::pem::LineEnding,
};
use gateway::DataPlane;
use http::{Request, StatusCode, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::{
    fakes::ROOM,
    keys,
    world::{World, refused},
};

const FAR: u64 = 10_000_000_000;

fn claims() -> Value {
    json!({"sub": "user_eve", "kind": "admin", "name": "Eve", "sid": "session", "exp": FAR, "iat": 0})
}

fn header() -> Value {
    json!({"typ": "JWT", "alg": "EdDSA", "kid": keys::KID})
}

fn with(mut object: Value, key: &str, value: impl Into<Value>) -> Value {
    object[key] = value.into();
    object
}

fn without(mut object: Value, key: &str) -> Value {
    object.as_object_mut().unwrap().remove(key);
    object
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed_by(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).to_bytes());
    format!("{message}.{signature}")
}

fn ours(header: &Value, claims: &Value) -> String {
    signed_by(&keys::key(), header, claims)
}

fn theirs(header: &Value, claims: &Value) -> String {
    signed_by(&SigningKey::from_bytes(&[9; 32]), header, claims)
}

/// Signed with a secret, where the secret is something that everybody knows.
fn symmetric(algorithm: Algorithm, secret: &[u8]) -> String {
    let header = Header { kid: Some(keys::KID.into()), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap()
}

/// The same signature plus the order of the group: some verifiers take it for another valid one.
fn malleable(token: &str) -> String {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (message, signature) = token.rsplit_once('.').unwrap();
    let mut signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// `Authorization` headers by which nobody is anybody, and what they try.
#[derive(Default)]
struct Attacks(Vec<(String, String)>);

impl Attacks {
    fn bearer(&mut self, what: impl Into<String>, token: impl std::fmt::Display) {
        self.0.push((what.into(), format!("Bearer {token}")));
    }
}

fn attacks() -> Vec<(String, String)> {
    let mut all = Attacks::default();
    for add in [algorithms, other_keys, signatures, other_claims, texts, schemes] {
        add(&mut all);
    }
    all.0
}

fn algorithms(all: &mut Attacks) {
    let good = keys::token("ann");
    let signature = good.rsplit('.').next().unwrap();
    let public = keys::key().verifying_key();
    let x = BASE64_URL_SAFE_NO_PAD.encode(public.as_bytes());
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let unsigned = format!("{}.{}", part(&with(header(), "alg", alg)), part(&claims()));
        all.bearer(format!("alg {alg:?} without a signature"), format!("{unsigned}."));
        all.bearer(format!("alg {alg:?} with a signature"), format!("{unsigned}.{signature}"));
    }
    for alg in ["HS256", "HS512", "RS256", "ES256", "PS256", "EdDSA ", "eddsa", "XX"] {
        all.bearer(format!("alg {alg}, signed by us"), ours(&with(header(), "alg", alg), &claims()));
    }
    all.bearer("alg is a number", ours(&with(header(), "alg", 1), &claims()));
    all.bearer("alg is a list", ours(&with(header(), "alg", json!(["EdDSA", "none"])), &claims()));
    all.bearer("no alg", ours(&without(header(), "alg"), &claims()));
    let pem = public.to_public_key_pem(LineEnding::LF).unwrap();
    let der = public.to_public_key_der().unwrap();
    for (what, secret) in [
        ("raw", public.as_bytes().as_slice()),
        ("base64", x.as_bytes()),
        ("PEM", pem.as_bytes()),
        ("DER", der.as_bytes()),
        ("empty", b""),
    ] {
        all.bearer(format!("HS256, the public key as secret: {what}"), symmetric(Algorithm::HS256, secret));
    }
    all.bearer("HS384, the public key as secret", symmetric(Algorithm::HS384, public.as_bytes()));
    all.bearer("HS512, the public key as secret", symmetric(Algorithm::HS512, public.as_bytes()));
}

fn other_keys(all: &mut Attacks) {
    for kid in [
        "",
        "other",
        "TEST",
        "test ",
        "../../../../dev/null",
        "/etc/passwd",
        "test/../test",
        "' OR '1'='1",
        "\u{0}",
        "https://evil.example/jwks",
        "test\u{0}",
    ] {
        all.bearer(format!("kid {kid:?}, signed by another"), theirs(&with(header(), "kid", kid), &claims()));
    }
    all.bearer("a kid of 10,000 characters", theirs(&with(header(), "kid", "k".repeat(10_000)), &claims()));
    all.bearer("kid is a number", ours(&with(header(), "kid", 0), &claims()));
    all.bearer("no kid", ours(&without(header(), "kid"), &claims()));
    all.bearer("another installation's token", theirs(&header(), &claims()));
    let evil = SigningKey::from_bytes(&[9; 32]).verifying_key();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": keys::KID, "x": BASE64_URL_SAFE_NO_PAD.encode(evil.as_bytes())});
    all.bearer("brings its own key", theirs(&with(header(), "jwk", jwk), &claims()));
    for field in ["jku", "x5u"] {
        all.bearer(
            format!("{field} names where the key is"),
            theirs(&with(header(), field, "https://evil.example/k"), &claims()),
        );
    }
}

fn signatures(all: &mut Attacks) {
    let good = keys::token("ann");
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("{good}") };
    all.bearer("another payload", format!("{head}.{}.{signature}", part(&claims())));
    all.bearer("another header", format!("{}.{body}.{signature}", part(&with(header(), "x", 1))));
    all.bearer("no signature", format!("{head}.{body}."));
    all.bearer("no third part", format!("{head}.{body}"));
    all.bearer("half the signature", format!("{head}.{body}.{}", &signature[..43]));
    all.bearer("more signature", format!("{head}.{body}.{signature}AAAA"));
    all.bearer("a signature of zeros", format!("{head}.{body}.{}", BASE64_URL_SAFE_NO_PAD.encode([0; 64])));
    all.bearer("the signature plus the order of the group", malleable(&good));
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    all.bearer("a flipped bit", format!("{head}.{body}.{flipped}{}", &signature[1..]));
}

fn other_claims(all: &mut Attacks) {
    all.bearer("expired", ours(&header(), &with(claims(), "exp", 1_000)));
    all.bearer("never valid", ours(&header(), &with(claims(), "exp", 0)));
    all.bearer("no end", ours(&header(), &without(claims(), "exp")));
    all.bearer("an end that is a text", ours(&header(), &with(claims(), "exp", "never")));
    all.bearer("an end before all time", ours(&header(), &with(claims(), "exp", -1)));
    all.bearer("nobody", ours(&header(), &without(claims(), "sub")));
    all.bearer("somebody who is a list", ours(&header(), &with(claims(), "sub", json!(["user_eve"]))));
    all.bearer("no kind", ours(&header(), &without(claims(), "kind")));
    all.bearer("claims that are a list", ours(&header(), &json!([claims()])));
    all.bearer("claims that are null", ours(&header(), &Value::Null));
    all.bearer("a header that is a list", ours(&json!([header()]), &claims()));
}

fn texts(all: &mut Attacks) {
    let good = keys::token("ann");
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("{good}") };
    for (what, token) in [
        ("one part", head.to_owned()),
        ("dots", "..".to_owned()),
        ("four parts", format!("{good}.{signature}")),
        ("five parts, as an encrypted one has", format!("{head}.{body}.{signature}.a.b")),
        ("a dot in front", format!(".{good}")),
        ("a space within", format!("{head}. {body}.{signature}")),
        ("a second token", format!("{good} {good}")),
        ("a comma and a second token", format!("{good},{good}")),
        ("quotes", format!("\"{good}\"")),
        ("percent encoding", good.replace('.', "%2E")),
        (
            "padding",
            format!("{}.{body}.{signature}", BASE64_URL_SAFE.encode("{\"alg\":\"EdDSA\",\"kid\":\"test\"} ")),
        ),
        ("the other alphabet", format!("{head}.{}.{signature}", BASE64_STANDARD.encode([0xff; 30]))),
        ("no base64", format!("{head}.!!!.{signature}")),
        ("no JSON", format!("{}.{body}.{signature}", BASE64_URL_SAFE_NO_PAD.encode("alg: EdDSA"))),
        ("20,000 characters", "a".repeat(20_000)),
    ] {
        all.bearer(what.to_owned(), token);
    }
}

fn schemes(all: &mut Attacks) {
    let good = keys::token("ann");
    for (what, value) in [
        ("nothing", String::new()),
        ("no token", "Bearer".to_owned()),
        ("an empty token", "Bearer ".to_owned()),
        ("no scheme", good.clone()),
        ("another scheme", format!("Token {good}")),
        ("Basic", format!("Basic {}", BASE64_STANDARD.encode("admin:admin"))),
        ("Basic with a token", format!("Basic {}", BASE64_STANDARD.encode(format!("x:{good}")))),
        ("the service's scheme", format!("Service {}", testkit::SERVICE_TOKEN)),
        ("a tab", format!("Bearer\t{good}")),
        ("two schemes", format!("Basic Bearer {good}")),
    ] {
        all.0.push((what.to_owned(), value));
    }
}

#[tokio::test]
async fn forged_tokens_are_rejected() {
    let world = World::unlimited(DataPlane::Local(Router::new()));
    let attacks = attacks();
    assert!(attacks.len() >= 73, "{}", attacks.len());
    for (what, value) in &attacks {
        let request = Request::get("/api/auth/me").header(AUTHORIZATION, value).body(Body::empty()).unwrap();
        let answer = world.send(request).await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "{what}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        let reason = answer.reason();
        assert!(
            matches!(reason.as_str(), "TOKEN_INVALID" | "TOKEN_EXPIRED" | "UNAUTHENTICATED"),
            "{what}: {reason}"
        );
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains("user_eve") && !text.contains("kid") && text.len() < 1_000, "{what}: {text}");
    }
    let good = format!("Bearer {}", keys::token("ann"));
    let request = Request::get("/api/auth/me").header(AUTHORIZATION, good).body(Body::empty()).unwrap();
    assert_eq!(
        world.send(request).await.json()["identity"]["displayName"],
        "ann",
        "the real one still works"
    );
}

#[tokio::test]
async fn forged_tokens_open_no_socket() {
    let world = World::unlimited(DataPlane::Local(Router::new()));
    let address = world.serve().await;
    for (what, value) in attacks() {
        let mut request = format!("ws://{address}/ws/rooms/{ROOM}").into_client_request().unwrap();
        request.headers_mut().insert(AUTHORIZATION, value.parse().unwrap());
        let answer = refused(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
    }
    let _real = world.enter(&address, "ann", &[]).await;
}

#[tokio::test]
async fn a_token_is_read_from_its_header_only() {
    let world = World::new();
    let good = keys::token("ann");
    for (name, value, query) in [
        ("cookie", format!("token={good}; access_token={good}; authorization=Bearer {good}"), String::new()),
        ("x-authorization", format!("Bearer {good}"), String::new()),
        ("proxy-authorization", format!("Bearer {good}"), String::new()),
        ("x-access-token", good.clone(), String::new()),
        ("x-nothing", String::new(), format!("?access_token={good}")),
    ] {
        let request = Request::get(format!("/api/auth/me{query}")).header(name, value);
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert!(matches!(answer.reason().as_str(), "UNAUTHENTICATED" | "INVALID_FIELD"), "{name}{query}");
    }
}
