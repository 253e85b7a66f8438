//! Table `auth.accounts`.

use chrono::{DateTime, Utc};
use ids::UserId;
use pg::ErrorClass;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{
    domain::{Stretching, Username},
    error::Error,
};

/// An account that is about to be.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: UserId,
    pub(crate) username: &'a Username,
    pub(crate) record: &'a [u8],
    pub(crate) stretching: Stretching,
    pub(crate) created_at: DateTime<Utc>,
}

/// What a sign-in needs of an account.
pub(crate) struct Credentials {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) record: Vec<u8>,
    pub(crate) stretching: Stretching,
}

/// What an account tells its owner.
pub(crate) struct Profile {
    pub(crate) username: String,
    pub(crate) created_at: DateTime<Utc>,
}

/// Makes an account; the database decides who was first with a name.
pub(crate) async fn insert(db: &mut PgConnection, account: &NewAccount<'_>) -> Result<(), Error> {
    let inserted = sqlx::query(
        "INSERT INTO auth.accounts
           (id, username, username_key, opaque_record, stretch_iterations, stretch_memory_kib, stretch_parallelism, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(account.id.uuid())
    .bind(account.username.shown())
    .bind(account.username.key())
    .bind(account.record)
    .bind(account.stretching.iterations)
    .bind(account.stretching.memory_kib)
    .bind(account.stretching.parallelism)
    .bind(account.created_at)
    .execute(db)
    .await;
    match inserted {
        Err(error)
            if pg::classify(&error) == ErrorClass::UniqueViolation
                && pg::constraint(&error) == Some("accounts_username_key_unique") =>
        {
            Err(Error::UsernameTaken(account.username.shown().to_owned()))
        }
        other => Ok(other.map(|_| ())?),
    }
}

/// Whether someone has this name.
pub(crate) async fn exists(pool: &PgPool, username: &Username) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM auth.accounts WHERE username_key = $1)")
        .bind(username.key())
        .fetch_one(pool)
        .await
}

/// The credentials behind a name.
pub(crate) async fn credentials(pool: &PgPool, username: &Username) -> sqlx::Result<Option<Credentials>> {
    let row: Option<(Uuid, String, Vec<u8>, i32, i32, i32)> = sqlx::query_as(
        "SELECT id, username, opaque_record, stretch_iterations, stretch_memory_kib, stretch_parallelism
         FROM auth.accounts WHERE username_key = $1",
    )
    .bind(username.key())
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(id, username, record, iterations, memory_kib, parallelism)| Credentials {
        id: id.into(),
        username,
        record,
        stretching: Stretching { iterations, memory_kib, parallelism },
    }))
}

/// The account with this id.
pub(crate) async fn profile(db: impl sqlx::PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<Profile>> {
    let row: Option<(String, DateTime<Utc>)> =
        sqlx::query_as("SELECT username, created_at FROM auth.accounts WHERE id = $1")
            .bind(id.uuid())
            .fetch_optional(db)
            .await?;
    Ok(row.map(|(username, created_at)| Profile { username, created_at }))
}
