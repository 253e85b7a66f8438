//! Uploads over plain HTTP, beside the data plane: `/media/uploads` speaks tus 1.0 and the resumable uploads of the IETF on the same
//! URLs, `/api/videos/upload` takes a whole file. Each dialect parses into the same use cases.

mod answer;
mod append;
mod dialect;
mod fields;
mod ietf;
mod simple;
mod structured;
mod tus;

use std::{str::FromStr as _, sync::Arc};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request, State},
    middleware,
    response::Response,
    routing::any,
};
use futures::{StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, Method, header::AUTHORIZATION};
use ids::UploadId;
use rpc::{Reason, TraceParent, Verifier};

use self::{answer::Refused, dialect::Dialect, fields::Fields};
use crate::{
    app::uploads::{BodyStream, Person, Uploads},
    domain::upload::Refusal,
};

/// Path of uploads.
pub(crate) const PATH: &str = "/media/uploads";

/// What the routes work with.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) uploads: Arc<Uploads>,
    pub(crate) verifier: Verifier,
}

/// The routes of uploads.
pub(crate) fn router(http: Http) -> Router {
    Router::new()
        .route(PATH, any(collection))
        .route("/media/uploads/", any(collection))
        .route("/media/uploads/{id}", any(resource))
        .route("/api/videos/upload", any(whole_file))
        .with_state(http)
        .layer(middleware::from_fn(edge::settle_request_body))
}

async fn collection(
    State(http): State<Http>,
    trace: Option<Extension<TraceParent>>,
    request: Request,
) -> Response {
    http.answer(None, trace, request).await
}

async fn resource(
    State(http): State<Http>,
    Path(id): Path<String>,
    trace: Option<Extension<TraceParent>>,
    request: Request,
) -> Response {
    http.answer(Some(id), trace, request).await
}

async fn whole_file(
    State(http): State<Http>,
    trace: Option<Extension<TraceParent>>,
    request: Request,
) -> Response {
    let trace = trace_of(trace, request.headers());
    match simple::answer(&http, request).await {
        Ok(response) => response,
        Err(refused) => refused.response(Dialect::None, trace),
    }
}

/// Within one process the gateway sets the extension; over the network there is a header.
fn trace_of(trace: Option<Extension<TraceParent>>, headers: &HeaderMap) -> TraceParent {
    trace.map_or_else(|| TraceParent::of(headers), |Extension(trace)| trace)
}

impl Http {
    async fn answer(
        &self,
        id: Option<String>,
        trace: Option<Extension<TraceParent>>,
        request: Request,
    ) -> Response {
        let trace = trace_of(trace, request.headers());
        let (parts, body) = request.into_parts();
        let fields = Fields(&parts.headers);
        let method = match dialect::method_of(&parts.method, fields) {
            Ok(method) => method,
            Err(refused) => return refused.response(Dialect::of_answer(fields), trace),
        };
        if method == Method::OPTIONS {
            return answer::options(&self.uploads.config);
        }
        let dialect = match Dialect::of(&method, fields) {
            Ok(dialect) => dialect,
            Err(refused) => return refused.response(Dialect::of_answer(fields), trace),
        };
        match self.dispatch(dialect, id, &method, fields, body).await {
            Ok(response) => response,
            Err(refused) => refused.response(dialect, trace),
        }
    }

    async fn dispatch(
        &self,
        dialect: Dialect,
        id: Option<String>,
        method: &Method,
        fields: Fields<'_>,
        body: Body,
    ) -> Result<Response, Refused> {
        let person = self.person(fields).await?;
        let Some(id) = id else {
            return match (method, dialect) {
                (&Method::POST, Dialect::Tus) => tus::create(&self.uploads, &person, fields, body).await,
                (&Method::POST | &Method::PUT, Dialect::Ietf) => {
                    ietf::create(&self.uploads, &person, fields, body).await
                }
                _ => Err(Refused::method("POST, OPTIONS")),
            };
        };
        let id = UploadId::from_str(&id).map_err(|_| Refusal::NotFound)?;
        match *method {
            Method::HEAD => {
                let status = self.uploads.status(&person, id).await?;
                Ok(answer::status(dialect, &status, &self.uploads.config))
            }
            Method::PATCH => append::append(dialect, &self.uploads, &person, id, fields, body).await,
            Method::DELETE => {
                if self.uploads.delete(&person, id).await? {
                    Ok(answer::gone(dialect))
                } else {
                    Err(Refusal::NotFound.into())
                }
            }
            _ => Err(Refused::method("HEAD, PATCH, DELETE, OPTIONS")),
        }
    }

    /// Whoever the access token names.
    async fn person(&self, fields: Fields<'_>) -> Result<Person, Refused> {
        let token = fields.one(&AUTHORIZATION)?.and_then(|value| value.strip_prefix("Bearer "));
        let missing = || {
            rpc::Error::new(Reason::Unauthenticated, "this needs a token; sign in or request a guest token")
        };
        let identity = self.verifier.verify(token.ok_or_else(missing)?).await?;
        Ok(Person::from(&identity))
    }
}

/// The bytes of a request.
fn stream(body: Body) -> BodyStream {
    body.into_data_stream().map_err(|_| ()).boxed()
}
