-- Expand: where a room left each item, subtitles and further audio, what a room played, and playlists that people keep.

ALTER TABLE room.items
    ADD COLUMN resume_us bigint NOT NULL DEFAULT 0,
    -- An encoded syncwatch.room.v1.Item with its tracks alone.
    ADD COLUMN tracks bytea NOT NULL DEFAULT '';

CREATE TABLE room.plays (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    -- Its order is the order of playing (UUIDv7).
    id uuid NOT NULL,
    -- The playlist may no longer have it.
    item_id uuid NOT NULL,
    title text NOT NULL,
    -- An encoded syncwatch.room.v1.Source.
    source bytea NOT NULL,
    asset_id uuid,
    duration_us bigint NOT NULL,
    added_by text NOT NULL,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, id)
);

CREATE TABLE room.saved_queues (
    id uuid PRIMARY KEY,
    owner_id text NOT NULL,
    name text NOT NULL,
    -- An encoded syncwatch.room.v1.GetSavedQueueResponse with its items alone.
    items bytea NOT NULL,
    item_count integer NOT NULL,
    duration_us bigint NOT NULL,
    saved_at timestamptz NOT NULL,
    CONSTRAINT saved_queues_name UNIQUE (owner_id, name)
);
