//! The `traceparent` of W3C Trace Context. Its trace id is the request id that people quote to us.

use std::fmt;

use http::HeaderValue;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use rand::RngCore as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Where a call stands in its trace: the id of the trace, and the span that what comes next belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

impl TraceParent {
    /// Name of the header and of the gRPC metadata.
    pub const HEADER: &'static str = "traceparent";

    /// The start of a trace of our own.
    pub fn random() -> Self {
        let mut bytes = [0; 24];
        rand::thread_rng().fill_bytes(&mut bytes);
        let (trace, span) = bytes.split_at(16);
        let trace_id = trace.iter().fold(0, |id, byte| id << 8 | u128::from(*byte));
        let span_id = span.iter().fold(0, |id, byte| id << 8 | u64::from(*byte));
        // All zeros is invalid by the specification.
        Self { trace_id: trace_id.max(1), span_id: span_id.max(1), sampled: true }
    }

    /// Reads the header; anything but a well-formed one is no trace. Versions to come may have more parts.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.splitn(5, '-');
        let mut hex = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            // Upper case is not well-formed, and Rust would also read a sign.
            part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(part)
        };
        let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        if version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let span_id = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        Some(Self { trace_id, span_id, sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1 })
    }

    /// From the headers of a request, or a new one. Two headers are as good as none.
    pub fn of(headers: &http::HeaderMap) -> Self {
        let mut values = headers.get_all(Self::HEADER).iter();
        values
            .next()
            .filter(|_| values.next().is_none())
            .and_then(|value| value.to_str().ok())
            .and_then(Self::parse)
            .unwrap_or_else(Self::random)
    }

    /// From the headers of a request from outside. It may name its trace, by which its sender finds it again; whether
    /// the trace is recorded is not for them to say.
    pub fn at_edge(headers: &http::HeaderMap) -> Self {
        Self { sampled: true, ..Self::of(headers) }
    }

    /// The same trace within `span`, for the calls that are made there. Where spans are sent nowhere they have no ids,
    /// and this makes one up.
    #[must_use]
    pub fn within(&self, span: &tracing::Span) -> Self {
        let context = span.context();
        let own = context.span().span_context().clone();
        if own.is_valid() && own.trace_id() == TraceId::from(self.trace_id) {
            let span_id = u64::from_be_bytes(own.span_id().to_bytes());
            return Self { span_id, sampled: own.is_sampled(), ..*self };
        }
        Self { span_id: Self::random().span_id, ..*self }
    }

    /// The header's value.
    pub fn header(&self) -> HeaderValue {
        // Hexadecimal digits and hyphens are always a value.
        HeaderValue::from_str(&self.to_string()).unwrap_or(HeaderValue::from_static(""))
    }

    /// The request id: 32 hexadecimal digits.
    pub fn request_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// The same place for OpenTelemetry, as a remote parent.
    pub fn otel_context(&self) -> opentelemetry::Context {
        let flags = if self.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        opentelemetry::Context::new().with_remote_span_context(SpanContext::new(
            TraceId::from(self.trace_id),
            SpanId::from(self.span_id),
            flags,
            true,
            TraceState::NONE,
        ))
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_header_round_trips() {
        let parent = TraceParent::random();
        assert_eq!(TraceParent::parse(&parent.to_string()), Some(parent));
    }

    #[test]
    fn a_malformed_trace_header_is_ignored() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert!(TraceParent::parse(good).is_some());
        for header in [
            "",
            "00",
            "00-0-0-00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
        ] {
            assert_eq!(TraceParent::parse(header), None, "{header}");
        }
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-ever";
        assert_eq!(TraceParent::parse(later), TraceParent::parse(good));
    }

    #[test]
    fn an_outside_request_sets_the_trace_id_but_not_sampling() {
        let value = |text: &'static str| http::HeaderValue::from_static(text);
        let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        let mut headers = http::HeaderMap::new();
        headers.append(TraceParent::HEADER, value(given));
        let trace = TraceParent::at_edge(&headers);
        assert_eq!(trace.to_string(), given.replace("331-00", "331-01"));
        let inside = trace.within(&tracing::Span::none());
        assert_eq!(inside.request_id(), trace.request_id());
        assert_ne!(inside, trace, "a span of our own");
        headers.append(TraceParent::HEADER, value(given));
        assert_ne!(TraceParent::at_edge(&headers).request_id(), trace.request_id(), "which of the two?");
    }
}
