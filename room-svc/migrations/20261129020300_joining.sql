-- Passwords of rooms, requests to join, and invites.

CREATE TABLE room.passwords (
    room_id uuid PRIMARY KEY REFERENCES room.rooms ON DELETE CASCADE,
    -- The OPAQUE server setup of this room alone, in base64, and the record that the password opens.
    setup text NOT NULL,
    record bytea NOT NULL,
    -- Parameters of Argon2id with which the record was made.
    iterations integer NOT NULL,
    memory_kib integer NOT NULL,
    parallelism integer NOT NULL
);

CREATE TABLE room.join_requests (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    subject_id text NOT NULL,
    display_name text NOT NULL,
    message text NOT NULL,
    requested_at timestamptz NOT NULL,
    -- 1: waits, 2: approved, 3: declined.
    state smallint NOT NULL DEFAULT 1,
    decided_by text NOT NULL DEFAULT '',
    -- Declined: when they may ask again.
    until timestamptz,
    PRIMARY KEY (room_id, subject_id)
);
CREATE INDEX join_requests_waiting ON room.join_requests (room_id, requested_at) WHERE state = 1;

CREATE TABLE room.invites (
    code text PRIMARY KEY,
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    created_by text NOT NULL,
    created_by_name text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- 0: no limit.
    max_uses integer NOT NULL,
    uses integer NOT NULL DEFAULT 0,
    skips_approval boolean NOT NULL,
    note text NOT NULL,
    CONSTRAINT invites_uses CHECK (max_uses = 0 OR uses <= max_uses)
);
CREATE INDEX invites_of_room ON room.invites (room_id, created_at);
CREATE INDEX invites_expiry ON room.invites (expires_at);

CREATE TABLE room.invite_uses (
    code text NOT NULL REFERENCES room.invites ON DELETE CASCADE,
    subject_id text NOT NULL,
    display_name text NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (code, subject_id)
);
