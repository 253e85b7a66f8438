-- What the last clear of a playlist removed, so that it can be undone.
CREATE TABLE room.cleared_playlists (
    room_id uuid PRIMARY KEY REFERENCES room.rooms ON DELETE CASCADE,
    id uuid NOT NULL,
    cleared_at timestamptz NOT NULL,
    -- Rows of room.items and room.folders, also those that stayed, with their places.
    items jsonb NOT NULL,
    folders jsonb NOT NULL
);

-- Votes for the item that plays next.
CREATE TABLE room.item_votes (
    item_id uuid NOT NULL REFERENCES room.items ON DELETE CASCADE,
    subject_id text NOT NULL,
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    voted_at timestamptz NOT NULL,
    PRIMARY KEY (item_id, subject_id)
);
CREATE INDEX item_votes_room ON room.item_votes (room_id);
