//! SQL statements as spans. sqlx reports each statement as an event when it has ended; this layer makes a span of it, in
//! the span of the call that executed it. No store has to do anything, and while no traces are exported the layer is not
//! there and sqlx makes no event.

use std::{
    fmt,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    KeyValue,
    trace::{Span as _, SpanKind, Tracer as _},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::{
    Dispatch, Event, Subscriber,
    dispatcher::WeakDispatch,
    field::{Field, Visit},
};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

/// Where sqlx reports statements.
const TARGET: &str = "sqlx::query";

/// Lets the reports through to this layer; `pg` sets their level.
pub(crate) const DIRECTIVE: &str = "sqlx::query=trace";

/// Exports statements as spans.
pub(crate) struct Statements {
    tracer: SdkTracer,
    dispatch: OnceLock<WeakDispatch>,
}

impl Statements {
    pub(crate) fn new(tracer: SdkTracer) -> Self {
        Self { tracer, dispatch: OnceLock::new() }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Statements {
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        let _ = self.dispatch.set(subscriber.downgrade());
    }

    #[expect(clippy::disallowed_methods, reason = "spans carry the times of this machine")]
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != TARGET {
            return;
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        let now = SystemTime::now();
        let parent = context.event_span(event).zip(self.dispatch.get().and_then(WeakDispatch::upgrade));
        let parent = parent.and_then(|(span, dispatch)| get_otel_context(&span.id(), &dispatch));
        let name = name(if statement.text.is_empty() { &statement.summary } else { &statement.text });
        let span = self
            .tracer
            .span_builder(name)
            .with_kind(SpanKind::Client)
            .with_start_time(now - statement.elapsed);
        let span = span.with_attributes([
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new("db.query.text", statement.text.trim().to_owned()),
            KeyValue::new("db.response.returned_rows", statement.rows),
        ]);
        span.start_with_context(&self.tracer, &parent.unwrap_or_default()).end_with_timestamp(now);
    }
}

/// What sqlx tells of a statement. Its values are bound apart, so the text holds none.
#[derive(Default)]
struct Statement {
    summary: String,
    /// Empty when the summary is all of it.
    text: String,
    elapsed: Duration,
    rows: i64,
}

impl Visit for Statement {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = i64::try_from(value).unwrap_or(i64::MAX);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// `INSERT room.items`: what a statement does, and the first table that it names.
fn name(text: &str) -> String {
    let mut words =
        text.split(|c: char| !(c.is_alphanumeric() || "._".contains(c))).filter(|word| !word.is_empty());
    let operation = words.next().unwrap_or("statement").to_ascii_uppercase();
    let is_table = |word: &&str| {
        word.split_once('.').is_some_and(|(schema, table)| {
            let is_name = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
            schema.len() > 1 && is_name(schema) && is_name(table)
        })
    };
    words.find(is_table).map_or(operation.clone(), |table| format!("{operation} {table}"))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_statement_is_named_by_its_verb_and_table() {
        for (text, expected) in [
            ("\n\nINSERT INTO room.items\n (id, title) VALUES ($1, $2)\n", "INSERT room.items"),
            ("SELECT EXISTS (SELECT FROM auth.accounts WHERE username_key = $1)", "SELECT auth.accounts"),
            ("WITH old AS (DELETE FROM room.outbox RETURNING 1.5) SELECT 1", "WITH room.outbox"),
            ("UPDATE sync.room_states AS s SET seq = s.seq + 1", "UPDATE sync.room_states"),
            ("select r.id FROM room.rooms r", "SELECT room.rooms"),
            ("COMMIT", "COMMIT"),
            ("", "STATEMENT"),
        ] {
            assert_eq!(name(text), expected);
        }
    }
}
