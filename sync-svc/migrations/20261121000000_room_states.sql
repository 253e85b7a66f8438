-- The last state of each room's playback that was checkpointed. The log of the room goes before it while there is one.
CREATE TABLE sync.room_states (
    room_id uuid PRIMARY KEY,
    -- The log that the state is of; grows when a log was lost. Versions count within an epoch.
    epoch bigint NOT NULL,
    version bigint NOT NULL,
    -- syncwatch.sync.v1.RoomRecord
    record bytea NOT NULL,
    -- The cluster clock when the room was last known to be in use, in microseconds.
    seen_at_us bigint NOT NULL
);
