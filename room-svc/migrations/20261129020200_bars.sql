-- People who cannot join a room: removed for a time, or banned.
CREATE TABLE room.bars (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    subject_id text NOT NULL,
    display_name text NOT NULL,
    -- False: they were removed and may come back after `until`.
    is_ban boolean NOT NULL,
    -- NULL: it has no end.
    until timestamptz,
    note text NOT NULL,
    by_id text NOT NULL,
    by_name text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Digests of what else identifies them: their device, and for a while their network. They concern guests only.
    device bytea,
    network bytea,
    network_until timestamptz,
    PRIMARY KEY (room_id, subject_id)
);
CREATE INDEX bars_device ON room.bars (room_id, device) WHERE device IS NOT NULL;
CREATE INDEX bars_network ON room.bars (room_id, network) WHERE network IS NOT NULL;
CREATE INDEX bars_listed ON room.bars (room_id, created_at, subject_id) WHERE is_ban;

-- Digests of the device and the network with which a person last joined.
ALTER TABLE room.standings
    ADD COLUMN device bytea,
    ADD COLUMN network bytea;
