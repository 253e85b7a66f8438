-- Assets, the jobs that measure them, and the outbox that tells room-svc of them.

-- What a source is. Items of the same source share an asset, so that it is measured once.
CREATE TABLE media.assets (
    id uuid PRIMARY KEY,
    -- The identity: an encoded syncwatch.room.v1.Source with its kind alone. A URL has 2,048 bytes at most, so it fits the index.
    source bytea NOT NULL CONSTRAINT assets_source UNIQUE,
    -- The numbers of syncwatch.room.v1.MediaFormat.
    format smallint NOT NULL,
    audio_only boolean NOT NULL,
    no_jumps boolean NOT NULL,
    live boolean NOT NULL,
    -- 1: to be measured, 2: measured, 3: three attempts failed.
    state smallint NOT NULL,
    -- In microseconds; 0: unknown, or it cannot be found out.
    duration_us bigint NOT NULL DEFAULT 0,
    -- Why the last attempt failed, for operators.
    error text,
    created_at timestamptz NOT NULL,
    measured_at timestamptz
);

-- The queue of background work. A row is deleted when its job ends.
CREATE TABLE media.jobs (
    id uuid PRIMARY KEY,
    -- `measure`.
    kind text NOT NULL,
    asset_id uuid NOT NULL REFERENCES media.assets ON DELETE CASCADE,
    -- What the kind needs. `measure`: an encoded syncwatch.room.v1.Source.
    payload bytea NOT NULL,
    -- Higher numbers go first.
    priority smallint NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    run_after timestamptz NOT NULL,
    -- The worker that has it, and until when.
    leased_by uuid,
    leased_until timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT jobs_one_each UNIQUE (kind, asset_id)
);
CREATE INDEX jobs_in_order ON media.jobs (kind, priority DESC, id DESC);
CREATE INDEX jobs_workers ON media.jobs (leased_by) WHERE leased_by IS NOT NULL;

CREATE TABLE media.outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    asset_id uuid NOT NULL,
    -- Empty: readers look the asset up, so a late delivery cannot bring back an old length.
    payload bytea NOT NULL,
    created_at timestamptz NOT NULL,
    leased_by uuid,
    leased_until timestamptz,
    unreadable text,
    reader_group text NOT NULL,
    CONSTRAINT outbox_id UNIQUE (id, reader_group)
);
CREATE INDEX outbox_assets ON media.outbox (asset_id);
CREATE INDEX outbox_readers ON media.outbox (leased_by) WHERE leased_by IS NOT NULL;
