-- Several reader groups: each has its own row for an event, with its own lease and acknowledgement. A room-svc of the version
-- before, which names no group, writes rows of the default group.
ALTER TABLE room.outbox
    ADD COLUMN reader_group text NOT NULL DEFAULT 'sync-svc',
    DROP CONSTRAINT outbox_id,
    ADD CONSTRAINT outbox_id UNIQUE (id, reader_group);
