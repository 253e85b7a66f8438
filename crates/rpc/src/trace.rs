//! The `traceparent` of W3C Trace Context. Its trace id is the request id that people quote to us.

use std::fmt;

use rand::RngCore as _;

/// Where a call stands in its trace.
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

    /// Reads the header; anything but a well-formed one is no trace.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version.len() != 2 || version == "ff" || trace.len() != 32 || span.len() != 16 || flags.len() != 2
        {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)?;
        let span_id = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0)?;
        Some(Self { trace_id, span_id, sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1 })
    }

    /// From the headers of a request, or a new one.
    pub fn of(headers: &http::HeaderMap) -> Self {
        headers
            .get(Self::HEADER)
            .and_then(|value| value.to_str().ok())
            .and_then(Self::parse)
            .unwrap_or_else(Self::random)
    }

    /// The request id: 32 hexadecimal digits.
    pub fn request_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// The same place for OpenTelemetry, as a remote parent.
    pub fn otel_context(&self) -> opentelemetry::Context {
        use opentelemetry::trace::{
            SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
        };
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
    fn the_header_survives_its_text() {
        let parent = TraceParent::random();
        assert_eq!(TraceParent::parse(&parent.to_string()), Some(parent));
    }

    #[test]
    fn a_malformed_header_is_no_trace() {
        for header in [
            "",
            "00",
            "00-0-0-00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        ] {
            assert_eq!(TraceParent::parse(header), None, "{header}");
        }
    }
}
