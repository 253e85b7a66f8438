//! Measures search in a chat: one large room and many small ones, in PostgreSQL.

use std::{
    io::Write as _,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use e2e::{Guest, Shape, System};
use reqwest::Method;
use serde_json::Value;

use crate::stats::summary;

/// Rooms that share the half of the messages that the large room does not have.
const ROOMS: u32 = 100_000;
/// Messages with texts of their own; further ones repeat them.
const DIFFERENT: u32 = 100_000;
/// Searches of each kind.
const SEARCHES: u32 = 200;
const WAIT: Duration = Duration::from_secs(5);

/// A person who wrote one message in a thousand.
const SELDOM: &str = "guest_00000000000000000000000000";

/// Fills a database with messages of random words, common and rare ones as in a language, and prints how long searches take.
/// The terms of some messages are filled in by the service itself, as after an upgrade; the others repeat them.
pub(crate) async fn measure(messages: u32) -> anyhow::Result<()> {
    let unlimited = [("LIMITS__CALLS", "unlimited")];
    let settings: Vec<_> = crate::SETTINGS.into_iter().chain(unlimited).collect();
    let system = System::start_with(Shape::One, &settings)?;
    let owner = Guest::arrive(system.url(), "Owner").await?;
    let room = owner.make_room().await?;
    let mut out = std::io::stdout();
    writeln!(out, "inserting {messages} messages in {ROOMS} rooms and one")?;
    let filled = |statements: &str| {
        statements
            .replace("{messages}", &messages.to_string())
            .replace("{different}", &messages.min(DIFFERENT).to_string())
            .replace("{rooms}", &ROOMS.to_string())
            .replace("{seldom}", SELDOM)
    };
    sql(&system, &filled(FILL))?;
    loop {
        let left = sql(&system, "SELECT count(*) FROM room.messages WHERE terms IS NULL AND text <> ''")?;
        writeln!(out, "{} messages without terms", left.trim())?;
        if left.trim() == "0" {
            break;
        }
        tokio::time::sleep(WAIT).await;
    }
    sql(&system, &filled(REPEAT))?;
    sql(&system, "VACUUM ANALYZE room.messages")?;
    let words = [
        ("a common word", "w1"),
        ("a rare word", "w4321"),
        ("two words", "w7 w93"),
        ("the beginning of a word", "w43"),
        ("a common pair of Chinese characters", "一丁"),
        ("three Chinese characters", "丆万丈"),
    ]
    .map(|(what, words)| (what, format!("query={}", percent(words))));
    let people =
        [("all messages of a person with most", owner.id.as_str()), ("all messages of another", SELDOM)]
            .map(|(what, id)| (what, format!("authorId={id}")));
    for (what, query) in words.into_iter().chain(people) {
        let path = format!("/api/rooms/{room}/chat/search?{query}");
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..SEARCHES {
            let sent = Instant::now();
            let page = owner.ok(Method::GET, &path, Value::Null).await?;
            times.push(sent.elapsed().as_secs_f64() * 1000.0);
            found = page["messages"].as_array().map_or(0, Vec::len);
        }
        let (all, _) = summary(times);
        writeln!(
            out,
            "search for {what}: p50 {:.1}, p95 {:.1}, p99 {:.1} ms ({found} found)",
            all.p50, all.p95, all.p99
        )?;
    }
    Ok(())
}

fn percent(query: &str) -> String {
    percent_encoding::utf8_percent_encode(query, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Runs a statement in the database of the system.
fn sql(system: &System, statement: &str) -> anyhow::Result<String> {
    let data = system.data_dir().join("postgres/data");
    let sockets = std::fs::read_to_string(data.join("postmaster.pid"))?;
    // Relative to the folder of the data.
    let folder = sockets.lines().nth(4).context("postmaster.pid names no folder of sockets")?;
    let host = data.join(folder).canonicalize()?.display().to_string();
    let port = sockets.lines().nth(3).context("postmaster.pid names no port")?.to_owned();
    let output = Command::new("psql")
        .args([
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "postgres",
            "-h",
            &host,
            "-p",
            &port,
            "-d",
            "syncwatch",
            "-c",
            statement,
        ])
        .output()?;
    ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// Rooms, and in the first of them the messages that differ. Words are `w0` to `w4999` and 1,500 Chinese characters, the first
/// of each the most common.
const FILL: &str = "
INSERT INTO room.rooms
SELECT (jsonb_populate_record(one.room, jsonb_build_object('id', gen_random_uuid(), 'code', 'x' || n, 'request_id', NULL))).*
FROM (SELECT r AS room FROM room.rooms r LIMIT 1) one, generate_series(1, {rooms}) n;
INSERT INTO room.messages (room_id, id, author_id, author_name, text, sent_at, position_us, client_message_id, revision)
SELECT r.id, (lpad(to_hex(1700000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
       CASE WHEN n % 1000 = 0 THEN '{seldom}' ELSE r.owner_id END, 'Ada',
       CASE WHEN n % 2 = 0
            THEN (SELECT string_agg(chr(19968 + floor(1500 * power(random(), 3))::integer), '') FROM generate_series(1, 10 + n * 0))
            ELSE (SELECT string_agg('w' || floor(5000 * power(random(), 3))::integer, ' ') FROM generate_series(1, 8 + n * 0)) END,
       now(), 0, n::text, n
FROM generate_series(1, {different}) n, (SELECT * FROM room.rooms WHERE code NOT LIKE 'x%') r;";

/// The rest of the messages: texts of the first ones in a random order, half of them in the first room. Terms begin with four
/// characters for their room, as room-svc makes them.
const REPEAT: &str = "
CREATE FUNCTION pg_temp.key(id uuid) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', (bits >> (6 * n)) % 64 + 1, 1), '' ORDER BY n)
    FROM (SELECT ('x' || right(id::text, 6))::bit(24)::integer AS bits) b, generate_series(0, 3) n
$$;
CREATE TEMP TABLE numbered AS
SELECT row_number() OVER (ORDER BY code LIKE 'x%') - 1 AS number, id, '''' || pg_temp.key(id) AS key FROM room.rooms;
CREATE TEMP TABLE said AS
SELECT row_number() OVER () - 1 AS number, text, terms, terms::text AS shown, author_id FROM room.messages;
ANALYZE numbered, said;
DROP INDEX room.messages_terms;
INSERT INTO room.messages
    (room_id, id, author_id, author_name, text, sent_at, position_us, client_message_id, revision, terms)
SELECT r.id, (lpad(to_hex(1700000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
       s.author_id, 'Ada', s.text, now(), 0, n::text, n,
       CASE WHEN n % 2 = 0 THEN s.terms ELSE replace(s.shown, o.key, r.key)::tsvector END
FROM generate_series({different} + 1, {messages}) n
JOIN numbered r ON r.number = CASE WHEN n % 2 = 0 THEN 0 ELSE 1 + (n / 2) % {rooms} END
JOIN said s ON s.number = (hashint4(n)::bigint + 2147483648) % {different},
    (SELECT key FROM numbered WHERE number = 0) o;
SET maintenance_work_mem = '1GB';
CREATE INDEX messages_terms ON room.messages USING gin (terms) WITH (fastupdate = off);";
