-- What rooms decide, who may take one back, and how long items are.

ALTER TABLE room.rooms
    -- An encoded syncwatch.room.v1.PlaybackPolicy; empty: nothing was decided, so all of it is as by default.
    ADD COLUMN policy bytea NOT NULL DEFAULT '',
    ADD COLUMN former_owner_id text,
    ADD COLUMN reclaim_until timestamptz,
    ADD CONSTRAINT rooms_reclaim CHECK ((former_owner_id IS NULL) = (reclaim_until IS NULL));

ALTER TABLE room.items
    -- When the length became known, or that it cannot be told: duration_us is 0 then.
    ADD COLUMN measured_at timestamptz,
    ADD COLUMN measure_leased_until timestamptz,
    ADD COLUMN measure_attempts smallint NOT NULL DEFAULT 0;
-- `store::durations` asks with these very words.
CREATE INDEX items_unmeasured ON room.items (id) WHERE measured_at IS NULL AND measure_attempts < 3;
