//! The results: as JSON for programs, as a page with plots for people, as a table on the terminal.

use std::{fmt::Write as _, fs, io::Write as _, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    calls::Cost,
    fan_out::{Load, Outcome},
    stats::{Summary, percentile, summary},
};

const UPLOADS: &str = "uploads";

/// Cost of a film for the server that sends it.
pub(crate) struct FilmFigures {
    pub(crate) cpu_seconds_per_gb: f64,
    pub(crate) megabytes_per_second: f64,
}

/// Bound of a measured figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    /// The goal and whether a value meets it. A value that is no number misses it.
    fn verdict(self, value: f64) -> String {
        let (is_met, goal) = match self {
            Self::AtLeast(least) => (value >= least, format!("at least {least}")),
            Self::AtMost(most) => (value <= most, format!("at most {most}")),
        };
        format!("goal: {goal}, {}", if is_met { "met" } else { "missed" })
    }
}

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Value>,
    plots: Vec<(String, String, Vec<f64>)>,
}

impl Report {
    pub(crate) fn fan_out(&mut self, shape: &str, load: &Load, outcome: Outcome) {
        let (last, sorted) = summary(outcome.to_last_ms);
        let who = if load.senders == load.members {
            String::new()
        } else {
            format!(" from {} in each", load.senders)
        };
        let load = format!(
            "{} room(s) of {}, {} commands/s{who}",
            load.rooms, load.members, load.commands_per_second
        );
        let what = format!("{load}: command to last delivery");
        let note = format!(
            "{:.0}/s delivered to all, {} incomplete",
            outcome.achieved_per_second, outcome.incomplete
        );
        self.row(shape, &what, "ms", &last, &note);
        if !outcome.to_ack_ms.is_empty() {
            let (ack, _) = summary(outcome.to_ack_ms);
            self.row(shape, &format!("{load}: command to acknowledgement"), "ms", &ack, "");
        }
        let (own_ms, descendants_ms) = outcome.cpu_ms;
        self.value(shape, &format!("{load}: CPU of each, the process"), "ms", own_ms);
        if descendants_ms > 0.0 {
            self.value(shape, &format!("{load}: CPU of each, its descendants"), "ms", descendants_ms);
        }
        self.plots.push((format!("{shape}: {what}"), "ms".to_owned(), sorted));
    }

    pub(crate) fn floor(&mut self, to_last_ms: Vec<f64>) {
        let (summary, sorted) = summary(to_last_ms);
        let what = "a bare copy to 50 connections, 1 a second: to the last";
        self.row("the machine", what, "ms", &summary, "what no server can be below here");
        self.plots.push((what.to_owned(), "ms".to_owned(), sorted));
    }

    pub(crate) fn skew(&mut self, shape: &str, sample_ms: &[f64]) {
        let (summary, sorted) = summary(sample_ms.to_vec());
        self.row(
            shape,
            "two browser pages: pairwise skew from 3 s after joining",
            "ms",
            &summary,
            "absolute difference of media positions",
        );
        self.plots.push(("two browser pages: pairwise skew".to_owned(), "ms".to_owned(), sorted));
    }

    pub(crate) fn start(&mut self, ready_seconds: f64, resident_mib: f64) {
        self.value("one process", "a further start until /health/ready", "s", ready_seconds);
        self.value("one process", "resident memory at rest", "MiB", resident_mib);
    }

    pub(crate) fn idle(
        &mut self,
        shape: &str,
        (sockets, rooms): (usize, u32),
        each_kib: f64,
        total_mib: f64,
    ) {
        let what = format!("{sockets} idle sockets in {rooms} rooms");
        self.value(shape, &format!("{what}: memory of each"), "KiB", each_kib);
        self.value(shape, &format!("{what}: the process that holds them"), "MiB", total_mib);
    }

    pub(crate) fn film(&mut self, server: &str, what: &str, figures: &FilmFigures) {
        self.value(server, &format!("{what}: processor time"), "s/GB", figures.cpu_seconds_per_gb);
        self.value(server, &format!("{what}: throughput"), "MB/s", figures.megabytes_per_second);
    }

    pub(crate) fn calls(&mut self, what: &str, cost: &Cost) {
        let what = format!("{what}, 16 connections");
        self.value("one process", &format!("{what}: calls"), "/s", cost.per_second);
        self.value("one process", &format!("{what}: CPU of the server for each"), "us", cost.server_us);
        self.value("one process", &format!("{what}: CPU of PostgreSQL for each"), "us", cost.database_us);
    }

    /// A figure without a goal.
    pub(crate) fn figure(&mut self, what: &str, unit: &str, value: f64) {
        self.value(UPLOADS, what, unit, value);
    }

    /// A figure with a goal.
    pub(crate) fn goal(&mut self, what: &str, unit: &str, value: f64, goal: Goal) {
        let note = goal.verdict(value);
        say(&format!("{UPLOADS:12} {what}: {value:.3} {unit} ({note})"));
        self.rows.push(json!({"shape": UPLOADS, "what": what, "unit": unit, "value": value, "note": note}));
    }

    /// A sample whose 95th percentile has a goal.
    pub(crate) fn goal_p95(&mut self, what: &str, unit: &str, sample: Vec<f64>, most: f64) {
        let (summary, sorted) = summary(sample);
        let note = format!("p95 of {}; {}", summary.count, Goal::AtMost(most).verdict(summary.p95));
        self.row(UPLOADS, what, unit, &summary, &note);
        self.plots.push((what.to_owned(), unit.to_owned(), sorted));
    }

    fn row(&mut self, shape: &str, what: &str, unit: &str, summary: &Summary, note: &str) {
        say(&format!(
            "{shape:12} {what}: p50 {:.2} {unit}, p95 {:.2}, p99 {:.2}, max {:.2} ({note})",
            summary.p50, summary.p95, summary.p99, summary.max
        ));
        self.rows.push(json!({"shape": shape, "what": what, "unit": unit, "summary": summary, "note": note}));
    }

    fn value(&mut self, shape: &str, what: &str, unit: &str, value: f64) {
        say(&format!("{shape:12} {what}: {value:.3} {unit}"));
        self.rows.push(json!({"shape": shape, "what": what, "unit": unit, "value": value}));
    }

    /// Writes `<commit>.json` and `index.html`.
    pub(crate) fn write(&self, out: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(out)?;
        let commit = Command::new("git")
            .args(["describe", "--always", "--dirty"])
            .output()
            .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
        let commit = commit.ok().filter(|commit| !commit.is_empty()).unwrap_or_else(|| "unknown".to_owned());
        let results = json!({"commit": commit, "cores": std::thread::available_parallelism()?.get(), "results": self.rows});
        fs::write(out.join(format!("{commit}.json")), serde_json::to_string_pretty(&results)?)?;
        fs::write(out.join("index.html"), self.page(&commit)?)?;
        say(&format!("written to {}", out.display()));
        Ok(())
    }

    fn page(&self, commit: &str) -> anyhow::Result<String> {
        let mut page = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><title>SyncWatch: measurements</title>\
             <style>body{{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}td,th{{padding:.2rem .7rem;text-align:left}}\
             svg{{background:#f6f7fb;border-radius:8px}}</style><h1>SyncWatch: measurements at {commit}</h1><table>\
             <tr><th>shape<th>what<th>p50<th>p95<th>p99<th>max<th>unit<th>note"
        );
        for row in &self.rows {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let number =
                |key: &str| row["summary"][key].as_f64().map(|n| format!("{n:.2}")).unwrap_or_default();
            let p50 = row["value"].as_f64().map_or_else(|| number("p50"), |value| format!("{value:.2}"));
            write!(
                page,
                "<tr><td>{}<td>{}<td>{p50}<td>{}<td>{}<td>{}<td>{}<td>{}",
                text("shape"),
                text("what"),
                number("p95"),
                number("p99"),
                number("max"),
                text("unit"),
                text("note")
            )?;
        }
        page.push_str("</table>");
        for (title, unit, sorted) in &self.plots {
            write!(page, "<h2>{title}</h2>{}", distribution(sorted, unit)?)?;
        }
        Ok(page)
    }
}

/// The cumulative distribution of a sample, as a curve.
fn distribution(sorted: &[f64], unit: &str) -> anyhow::Result<String> {
    let (width, height, margin) = (640.0, 200.0, 34.0);
    let most = percentile(sorted, 0.999).max(f64::MIN_POSITIVE);
    let mut points = String::new();
    for step in 0..=200_u32 {
        let share = f64::from(step) / 200.0;
        let x = margin + (width - 2.0 * margin) * (percentile(sorted, share) / most).min(1.0);
        let y = height - margin - (height - 2.0 * margin) * share;
        write!(points, "{x:.1},{y:.1} ")?;
    }
    Ok(format!(
        "<svg width={width} height={height} role=img aria-label='share of the sample below each value'>\
         <polyline fill=none stroke='#5b5bd6' stroke-width=2 points='{points}'/>\
         <text x={margin} y={:.0} font-size=12>0</text><text x={:.0} y={:.0} font-size=12 text-anchor=end>{most:.1} {unit}</text>\
         <text x=4 y={margin} font-size=12>100%</text></svg>",
        height - 10.0,
        width - margin,
        height - 10.0
    ))
}

pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
