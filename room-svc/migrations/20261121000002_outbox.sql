-- What is still to be told to sync-svc. Rows are written in the transaction of the change that they tell of, under
-- the lock of the room's row, and deleted when they are acknowledged.

CREATE TABLE room.outbox (
    -- Grows within a room in the order of the commits, because of that lock.
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL CONSTRAINT outbox_id UNIQUE,
    -- No foreign key: the event of a deleted room outlives it.
    room_id uuid NOT NULL,
    -- An encoded syncwatch.room.v1.RoomEvent.
    payload bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- The stream that has it, and until when.
    leased_by uuid,
    leased_until timestamptz
);
CREATE INDEX outbox_rooms ON room.outbox (room_id);
CREATE INDEX outbox_readers ON room.outbox (leased_by) WHERE leased_by IS NOT NULL;
