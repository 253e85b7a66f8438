//! The OpenAPI document and the running system agree: for every operation and every kind of caller, requests that look
//! valid and requests that break the document get no 5xx, a status of the document, and a body of its schema.
//!
//! `SYNCWATCH_SEED` chooses other requests than those of every run. `make api-fuzz` sends many more, by schemathesis.

mod requests;
mod schema;

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use e2e::{Guest, Shape, System};
use futures::StreamExt as _;
use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

use self::{
    requests::{Call, Maker, Operation, Rng},
    schema::Document,
};

/// Broken requests of each caller for each operation.
const BROKEN: usize = 3;
/// Operations that are tried at the same time.
const AT_ONCE: usize = 4;
/// No answer within this time is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// Limits that would answer in the place of the services.
const UNLIMITED: [&str; 15] = [
    "CALLS",
    "CALLS_WITHOUT_TOKEN",
    "NEW_GUESTS",
    "REGISTRATIONS",
    "SIGN_INS",
    "REFRESHES",
    "ROOMS",
    "CHAT",
    "ROOM_CHAT",
    "REACTIONS",
    "REPORTS",
    "FILTER_TRIALS",
    "PLAYBACK",
    "LINKS",
    "LINK_LISTS",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_its_document_says() -> anyhow::Result<()> {
    let limits: Vec<_> = UNLIMITED.iter().map(|name| (format!("LIMITS__{name}"), "unlimited")).collect();
    let networks = ("LIMITS__TRUSTED_NETWORKS", r#"["127.0.0.0/8", "::1/128"]"#);
    let settings: Vec<_> =
        limits.iter().map(|(name, value)| (name.as_str(), *value)).chain([networks]).collect();
    let system = System::start_with(Shape::One, &settings)?;
    let people = People::arrive(system.url()).await?;
    let seed = std::env::var("SYNCWATCH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let operations = operations(&people.document);
    assert!(operations.len() > 100, "only {} operations", operations.len());

    let outcomes = operations.iter().enumerate().map(|(index, operation)| {
        let rng = Rng(seed ^ ((index as u64) << 32));
        let people = &people;
        async move { people.attempt(operation, rng).await.with_context(|| operation.id.clone()) }
    });
    let outcomes: Vec<_> = futures::stream::iter(outcomes).buffer_unordered(AT_ONCE).collect().await;
    let (mut faults, mut succeeded, mut sent) = (Vec::new(), 0, 0);
    for outcome in outcomes {
        let tried = outcome?;
        sent += tried.statuses.values().sum::<usize>();
        succeeded += usize::from(tried.statuses.contains_key(&200));
        faults.extend(tried.faults);
    }
    assert!(faults.is_empty(), "seed {seed}, {} of {sent}:\n{}", faults.len(), faults.join("\n"));
    // Otherwise the requests would test the refusals alone.
    assert!(
        2 * succeeded > operations.len(),
        "{succeeded} of {} operations ever succeeded",
        operations.len()
    );
    Ok(())
}

/// Answers of one operation.
#[derive(Default)]
struct Tried {
    statuses: BTreeMap<u16, usize>,
    faults: Vec<String>,
}

/// Callers, each with a token. There are no administrators yet.
struct People {
    http: reqwest::Client,
    base: String,
    document: Document,
    owner: Guest,
    guest: Guest,
    tokens: [(&'static str, Option<String>); 4],
    user_id: String,
}

impl People {
    async fn arrive(base: &str) -> anyhow::Result<Self> {
        let http = e2e::http().build()?;
        let document = http.get(format!("{base}/api-docs/openapi.json")).send().await?.json().await?;
        let guest = Guest::arrive(base, "Gus").await?;
        let owner = Guest::register(base, "olga", "correct horse battery").await?;
        let user = Guest::register(base, "ulla", "correct horse battery").await?;
        let token = |who: &Guest| Some(who.token().to_owned());
        let tokens = [
            ("nobody", None),
            ("a guest", token(&guest)),
            ("a user", token(&user)),
            // Last: the owner's calls may end the room.
            ("the owner", token(&owner)),
        ];
        let base = base.to_owned();
        Ok(Self { http, base, document: Document(document), owner, guest, tokens, user_id: user.id })
    }

    /// Sends the requests of all callers for one operation, in a room of its own.
    async fn attempt(&self, operation: &Operation, rng: Rng) -> anyhow::Result<Tried> {
        let mut maker = Maker { document: &self.document, rng, known: self.room().await?.into() };
        let mut tried = Tried::default();
        for (caller, token) in &self.tokens {
            for number in 0..=BROKEN {
                let call = if number == 0 { maker.valid(operation) } else { maker.broken(operation) };
                let (status, faults) = self.send(operation, &call, token.as_deref()).await?;
                *tried.statuses.entry(status.as_u16()).or_default() += 1;
                let shown: String = format!("{call:?}").chars().take(600).collect();
                let what = |fault| format!("{} by {caller}: {status}: {fault}\n    {shown}", operation.id);
                tried.faults.extend(faults.into_iter().map(what));
            }
        }
        Ok(tried)
    }

    /// A room with a film, a guest and a message, by the names of the fields that take them.
    async fn room(&self) -> anyhow::Result<[(&'static str, String); 15]> {
        let code = self.owner.make_room().await?;
        let item = self.owner.add_test_film(&code).await?;
        self.guest.join(&code).await?;
        let message = json!({"text": "hello", "clientMessageId": "1"});
        let sent = self.guest.ok(Method::POST, &format!("/api/rooms/{code}/chat"), message).await?;
        let message_id = sent["message"]["id"].as_str().context("no message")?.to_owned();
        Ok([
            ("room", code),
            ("item_id", item.clone()),
            ("itemId", item),
            ("message_id", message_id.clone()),
            ("messageId", message_id),
            ("subject_id", self.guest.id.clone()),
            ("subjectId", self.user_id.clone()),
            ("authorId", self.guest.id.clone()),
            ("role_id", "guest".into()),
            ("key", "👍".into()),
            ("name", "party".into()),
            ("pageToken", String::new()),
            // Refused without a connection.
            ("url", "http://127.0.0.1/film.mp4".into()),
            ("password", "correct horse battery".into()),
            ("requestId", String::new()),
        ])
    }

    /// Sends a request, and holds the answer against the document.
    async fn send(
        &self,
        operation: &Operation,
        call: &Call,
        token: Option<&str>,
    ) -> anyhow::Result<(StatusCode, Vec<String>)> {
        let url = format!("{}{}", self.base, call.target());
        let mut request = self.http.request(operation.method.clone(), url).timeout(PATIENCE);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let response = request.send().await?;
        let status = response.status();
        if status.is_server_error() {
            let text = response.text().await?;
            return Ok((status, vec![format!("a fault of the server: {text}")]));
        }
        let described = &operation.described["responses"][status.as_str()];
        if described.is_null() {
            return Ok((status, vec!["the document has no such status".to_owned()]));
        }
        let schema = &self.document.resolve(described)["content"]["application/json"]["schema"];
        let kind = response.headers().get(CONTENT_TYPE).cloned();
        let text = response.text().await?;
        if kind.is_none_or(|kind| kind != "application/json") {
            return Ok((status, vec![format!("the body is no JSON: {text}")]));
        }
        let body: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        Ok((status, self.document.faults(schema, &body)))
    }
}

fn operations(document: &Document) -> Vec<Operation> {
    let paths = document.0["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, operations)| {
        operations.as_object().into_iter().flatten().filter_map(|(method, described)| {
            Some(Operation {
                id: described["operationId"].as_str()?.to_owned(),
                method: method.to_uppercase().parse().ok()?,
                path: path.clone(),
                described: described.clone(),
            })
        })
    });
    all.collect()
}
