-- Expand: the log of rooms, with a retention.
CREATE TABLE room.log (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    -- Grows within a room in the order of the commits, because of the lock of the room.
    position bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    -- NULL: the server did it.
    actor_id text,
    actor_name text NOT NULL,
    -- Number of the field of syncwatch.room.v1.RoomEvent.kind.
    kind integer NOT NULL,
    -- An encoded syncwatch.room.v1.RoomEvent.
    event bytea NOT NULL,
    PRIMARY KEY (room_id, position)
);
CREATE INDEX log_at ON room.log (at);
