-- Expand: ranks between which there is always another one (domain/rank.rs), folders, notes, and when an item began to play.
-- `items.rank` stays for the version before, which orders by it.

CREATE TABLE room.folders (
    id uuid PRIMARY KEY,
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    title text NOT NULL,
    position text COLLATE "C" NOT NULL
);
CREATE INDEX folders_room ON room.folders (room_id);

-- An item that the version before adds gets its position from here: behind all others.
CREATE SEQUENCE room.item_positions MAXVALUE 9999999999;

ALTER TABLE room.items
    ADD COLUMN position text COLLATE "C" NOT NULL
        DEFAULT 'y' || lpad(nextval('room.item_positions')::text, 25, '0'),
    ADD COLUMN folder_id uuid REFERENCES room.folders,
    ADD COLUMN note text NOT NULL DEFAULT '',
    ADD COLUMN played_at timestamptz;
CREATE INDEX items_folder ON room.items (folder_id) WHERE folder_id IS NOT NULL;

UPDATE room.items i SET position = 'e' || lpad(o.number::text, 5, '0')
FROM (SELECT id, row_number() OVER (PARTITION BY room_id ORDER BY rank, id) AS number FROM room.items) o
WHERE i.id = o.id;
