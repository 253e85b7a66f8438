-- Contract: media-svc has its own queue now. Only two INTERNAL calls of the version before used these columns; a room-svc of
-- that version fails those calls, which its media-svc retries in the background, and serves everything else.
DROP INDEX room.items_unmeasured;
ALTER TABLE room.items
    DROP COLUMN measured_at,
    DROP COLUMN measure_leased_until,
    DROP COLUMN measure_attempts;
