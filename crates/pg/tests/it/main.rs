//! Pools against a real PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are the assertion")]

use std::{future::Future as _, pin::pin, task::Context};

use futures::task::noop_waker;
use sqlx::{PgPool, Row as _, postgres::PgPoolOptions};

async fn is_in_transaction(pool: &PgPool) -> bool {
    // A statement outside of a transaction begins one of its own, at the statement's time.
    let row = sqlx::raw_sql("SELECT now() <> statement_timestamp()").fetch_one(pool).await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn a_cancelled_begin_leaves_no_transaction_open() {
    let postgres = testkit::Postgres::start().await.unwrap();
    // One connection, so that whoever comes next gets the one of the cancelled call.
    let pool = PgPoolOptions::new().max_connections(1).connect(postgres.url()).await.unwrap();
    assert!(!is_in_transaction(&pool).await);
    for polls in 1..20 {
        {
            let mut begin = pin!(pg::begin(&pool));
            for _ in 0..polls {
                if begin.as_mut().poll(&mut Context::from_waker(&noop_waker())).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        assert!(!is_in_transaction(&pool).await, "cancelled after {polls} polls");
    }
}
