-- Uploads: the files of people, as immutable parts in the object store, and how far their preparing is.

CREATE TABLE media.uploads (
    id uuid PRIMARY KEY,
    -- Id of the person who sends it, `user_…` or `guest_…`.
    owner_id text NOT NULL,
    filename text NOT NULL,
    title text NOT NULL,
    content_type text NOT NULL,
    -- `whole`: a file of its own; `partial`: a part of a `final` one (tus concatenation); `final`: the parts in `concat` in order.
    kind text NOT NULL DEFAULT 'whole' CHECK (kind IN ('whole', 'partial', 'final')),
    concat uuid[] NOT NULL DEFAULT '{}',
    -- The `final` upload that a `partial` one belongs to.
    part_of uuid REFERENCES media.uploads ON DELETE CASCADE,
    -- In bytes. NULL: the client has not said it yet.
    size bigint,
    -- The first bytes, 16 at most, by which its type is checked. A `final` upload has those of its first part.
    head bytea NOT NULL DEFAULT '',
    -- The first bytes fit the declared type.
    checked boolean NOT NULL DEFAULT false,
    -- Its preparing was begun.
    begun boolean NOT NULL DEFAULT false,
    -- Bytes from the start that are stored durably.
    received bigint NOT NULL DEFAULT 0,
    -- Increases with each request that appends: a writer with an older number loses at its next commit.
    epoch bigint NOT NULL DEFAULT 0,
    -- Numbers of syncwatch.media.v1.UploadState.
    state smallint NOT NULL DEFAULT 1,
    failure_reason text NOT NULL DEFAULT '',
    failure_message text NOT NULL DEFAULT '',
    -- Percent of the preparing.
    progress smallint NOT NULL DEFAULT 0,
    playable boolean NOT NULL DEFAULT false,
    -- Generation of the newest plan; 0: none yet.
    generation integer NOT NULL DEFAULT 0,
    duration_us bigint NOT NULL DEFAULT 0,
    width integer NOT NULL DEFAULT 0,
    height integer NOT NULL DEFAULT 0,
    -- Bytes made from it.
    prepared_bytes bigint NOT NULL DEFAULT 0,
    -- The asset of its items. NULL for partial uploads.
    asset_id uuid REFERENCES media.assets ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    -- When its last byte was stored.
    touched_at timestamptz NOT NULL,
    -- When rooms were last told how far it is.
    told_at timestamptz,
    completed_at timestamptz,
    -- A clamd has seen it, or somebody has it scanned until then. Where there is none, all stay unscanned.
    scanned boolean NOT NULL DEFAULT false,
    scan_until timestamptz,
    -- When it is deleted; NULL: when its owner deletes it.
    expires_at timestamptz
);
CREATE INDEX uploads_of_owner ON media.uploads (owner_id, id DESC);
CREATE INDEX uploads_of_asset ON media.uploads (asset_id);
CREATE INDEX uploads_parts ON media.uploads (part_of) WHERE part_of IS NOT NULL;
CREATE INDEX uploads_to_scan ON media.uploads (completed_at) WHERE NOT scanned AND completed_at IS NOT NULL;
CREATE INDEX uploads_expiring ON media.uploads (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE media.upload_parts (
    upload_id uuid NOT NULL REFERENCES media.uploads ON DELETE CASCADE,
    -- Offset of the first byte within the upload.
    start bigint NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    key text NOT NULL,
    PRIMARY KEY (upload_id, start)
);
-- The sweep looks up which objects of the store belong to a file.
CREATE INDEX upload_parts_keys ON media.upload_parts (key);

-- When people began uploads, for the limit by the hour: a deleted upload still counts.
CREATE TABLE media.upload_starts (
    owner_id text NOT NULL,
    upload_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, upload_id)
);
CREATE INDEX upload_starts_old ON media.upload_starts (started_at);

-- Objects to remove from the store: everything below a prefix. A row is run twice, for an object that was being written when its
-- upload was deleted arrives late.
CREATE TABLE media.removals (
    prefix text PRIMARY KEY,
    run_after timestamptz NOT NULL,
    passes smallint NOT NULL DEFAULT 0
);
CREATE INDEX removals_due ON media.removals (run_after);

-- Work that one process does for all: when it was last begun and ended, and where it goes on.
CREATE TABLE media.sweeps (
    name text PRIMARY KEY,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    cursor text NOT NULL DEFAULT ''
);
