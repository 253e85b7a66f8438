//! The one shape of an error of the HTTP API: `{"error": {"status", "code", "message", "details", "requestId"}}`.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use rpc::{TraceParent, http_status, reason_of};
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// An error on its way to a client, in the trace whose id the client can quote.
#[derive(Debug)]
pub struct ApiError {
    status: Status,
    trace: TraceParent,
}

impl ApiError {
    /// The status goes through [`rpc::relay`] first.
    pub fn new(error: impl Into<Status>, trace: TraceParent) -> Self {
        Self { status: rpc::relay(&error.into()), trace }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Self { status, trace } = self;
        let code = http_status(status.code(), reason_of(&status));
        let body = json!({"error": {
            "status": code_name(status.code()),
            "code": code,
            "message": status.message(),
            "details": details(&status),
            "requestId": trace.request_id(),
        }});
        let mut response =
            (StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body))
                .into_response();
        if let Some(delay) = status.get_details_retry_info().and_then(|info| info.retry_delay) {
            // Whole seconds, rounded up: a client that comes back too early is refused again.
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The details as ProtoJSON of `google.protobuf.Any`.
fn details(status: &Status) -> Vec<Value> {
    let details = status.get_error_details();
    let mut all = Vec::new();
    if let Some(info) = details.error_info() {
        all.push(json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": info.reason, "domain": info.domain, "metadata": info.metadata,
        }));
    }
    if let Some(bad) = details.bad_request() {
        let violations: Vec<_> = bad
            .field_violations
            .iter()
            .map(|v| json!({"field": v.field, "description": v.description}))
            .collect();
        all.push(
            json!({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}),
        );
    }
    if let Some(delay) = details.retry_info().and_then(|info| info.retry_delay) {
        all.push(json!({
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": format!("{}s", delay.as_secs_f64()),
        }));
    }
    all
}

/// As `google.rpc.Code` spells it.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
