-- People with accounts. The password itself is never here: `opaque_record` is what OPAQUE (RFC 9807) keeps of it,
-- made under the server's `auth.opaque_setup` and with this row's stretching.
CREATE TABLE auth.accounts (
    id uuid PRIMARY KEY,
    username text NOT NULL,
    -- The name as it is compared: NFKC, lower case.
    username_key text NOT NULL CONSTRAINT accounts_username_key_unique UNIQUE,
    opaque_record bytea NOT NULL,
    stretch_iterations integer NOT NULL,
    stretch_memory_kib integer NOT NULL,
    stretch_parallelism integer NOT NULL,
    created_at timestamptz NOT NULL
);

-- One sign-in of someone, guests included: the family that its refresh tokens belong to.
CREATE TABLE auth.sessions (
    id uuid PRIMARY KEY,
    subject_id text NOT NULL,
    account_id uuid REFERENCES auth.accounts ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('user', 'guest', 'admin')),
    name text NOT NULL,
    -- The room that a guest's session is bound to, if it is.
    room_id text,
    created_at timestamptz NOT NULL,
    -- Moves on with each refresh.
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE INDEX sessions_by_expiry ON auth.sessions (expires_at);
CREATE INDEX sessions_by_account ON auth.sessions (account_id) WHERE account_id IS NOT NULL;

-- Used tokens stay until they expire, so that a replay is recognised.
CREATE TABLE auth.refresh_tokens (
    -- SHA-256 of the token.
    hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES auth.sessions ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE INDEX refresh_tokens_by_session ON auth.refresh_tokens (session_id);
CREATE INDEX refresh_tokens_by_expiry ON auth.refresh_tokens (expires_at);

-- Sign-ins between their start and their finish, which may reach different replicas.
CREATE TABLE auth.login_attempts (
    -- SHA-256 of the login id.
    hash bytea PRIMARY KEY,
    name_hash bytea NOT NULL,
    -- None: the name is unknown, and the sign-in goes on only to look like any other.
    account_id uuid REFERENCES auth.accounts ON DELETE CASCADE,
    state bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX login_attempts_by_expiry ON auth.login_attempts (expires_at);
CREATE INDEX login_attempts_by_account ON auth.login_attempts (account_id) WHERE account_id IS NOT NULL;

-- Guesses at a name's password since the last right one. By hash, since people type passwords into the wrong field.
CREATE TABLE auth.login_failures (
    name_hash bytea PRIMARY KEY,
    count integer NOT NULL,
    last_at timestamptz NOT NULL
);

CREATE INDEX login_failures_by_age ON auth.login_failures (last_at);
