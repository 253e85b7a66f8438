//! Table `auth.accounts`.

use chrono::{DateTime, Utc};
use ids::UserId;
use passwords::Stretching;
use pg::ErrorClass;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{domain::Username, error::Error};

/// A new account.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: UserId,
    pub(crate) username: &'a Username,
    pub(crate) record: &'a [u8],
    pub(crate) stretching: Stretching,
    pub(crate) created_at: DateTime<Utc>,
}

/// The part of an account that a sign-in needs.
pub(crate) struct Credentials {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) record: Vec<u8>,
    pub(crate) stretching: Stretching,
}

/// The part of an account that its owner sees.
pub(crate) struct Profile {
    pub(crate) username: String,
    pub(crate) created_at: DateTime<Utc>,
}

/// Creates an account. A constraint decides between two concurrent sign-ups with one name.
pub(crate) async fn insert(db: &mut PgConnection, account: &NewAccount<'_>) -> Result<(), Error> {
    let inserted = sqlx::query(
        "INSERT INTO auth.accounts
           (id, username, username_key, username_skeleton, opaque_record, stretch_iterations, stretch_memory_kib,
            stretch_parallelism, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(account.id.uuid())
    .bind(account.username.shown())
    .bind(account.username.key())
    .bind(account.username.looks())
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
                && matches!(
                    pg::constraint(&error),
                    Some("accounts_username_key_unique" | "accounts_username_skeleton_unique")
                ) =>
        {
            Err(Error::UsernameTaken(account.username.shown().to_owned()))
        }
        other => Ok(other.map(|_| ())?),
    }
}

/// Whether an account has this name, or one that looks like it.
pub(crate) async fn exists(pool: &PgPool, username: &Username) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM auth.accounts WHERE username_key = $1 OR username_skeleton = $2)",
    )
    .bind(username.key())
    .bind(username.looks())
    .fetch_one(pool)
    .await
}

/// A page of names of accounts without a skeleton, oldest first, after the account where the last page ended.
pub(crate) async fn without_skeleton(
    pool: &PgPool,
    after: (DateTime<Utc>, UserId),
) -> sqlx::Result<Vec<(DateTime<Utc>, UserId, String)>> {
    let rows: Vec<(DateTime<Utc>, Uuid, String)> = sqlx::query_as(
        "SELECT created_at, id, username FROM auth.accounts
         WHERE username_skeleton IS NULL AND (created_at, id) > ($1, $2)
         ORDER BY created_at, id LIMIT 500",
    )
    .bind(after.0)
    .bind(after.1.uuid())
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(created_at, id, username)| (created_at, id.into(), username)).collect())
}

/// Sets the skeleton of an account, unless another account has the same. Returns whether it did.
pub(crate) async fn set_skeleton(pool: &PgPool, id: UserId, skeleton: &str) -> sqlx::Result<bool> {
    let set = sqlx::query(
        "UPDATE auth.accounts SET username_skeleton = $2
         WHERE id = $1 AND NOT EXISTS (SELECT FROM auth.accounts WHERE username_skeleton = $2)",
    )
    .bind(id.uuid())
    .bind(skeleton)
    .execute(pool)
    .await;
    match set {
        // Race: another replica or a sign-up was faster.
        Err(error) if pg::classify(&error) == ErrorClass::UniqueViolation => Ok(false),
        other => Ok(other?.rows_affected() > 0),
    }
}

/// The credentials of the account with this name.
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
