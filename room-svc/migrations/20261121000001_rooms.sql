-- Rooms, members, playlists, chat.

CREATE TABLE room.rooms (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT rooms_code UNIQUE,
    name text NOT NULL,
    owner_id text NOT NULL,
    -- The numbers of syncwatch.room.v1.Visibility.
    visibility smallint NOT NULL,
    max_members integer NOT NULL,
    guests_forbidden boolean NOT NULL,
    -- Kept by the transactions that add and remove members, all of which hold the row's lock.
    member_count integer NOT NULL DEFAULT 0 CONSTRAINT rooms_seats CHECK (member_count BETWEEN 0 AND max_members),
    playlist_version bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    -- Who made it, whoever owns it now, and by which request.
    created_by text NOT NULL,
    request_id text
);
CREATE UNIQUE INDEX rooms_request ON room.rooms (created_by, request_id);
-- Ids are UUIDv7: their order is the order of making.
CREATE INDEX rooms_public ON room.rooms (id) WHERE visibility = 1;

CREATE TABLE room.members (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    subject_id text NOT NULL,
    display_name text NOT NULL,
    -- The numbers of syncwatch.room.v1.Role, without the owner: rooms.owner_id tells that.
    role smallint NOT NULL,
    joined_at timestamptz NOT NULL,
    -- The order of joining.
    position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (room_id, subject_id)
);
CREATE UNIQUE INDEX members_in_order ON room.members (room_id, position);

CREATE TABLE room.items (
    id uuid PRIMARY KEY,
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    -- The order of playing. Ranks may have gaps.
    rank integer NOT NULL,
    title text NOT NULL,
    -- An encoded syncwatch.room.v1.Source.
    source bytea NOT NULL,
    duration_us bigint NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    request_id text
);
CREATE INDEX items_in_order ON room.items (room_id, rank);
CREATE UNIQUE INDEX items_request ON room.items (room_id, added_by, request_id);

CREATE TABLE room.messages (
    -- Grows within a room, so it is the order of the chat.
    id uuid NOT NULL,
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    author_id text NOT NULL,
    author_name text NOT NULL,
    text text NOT NULL,
    sent_at timestamptz NOT NULL,
    -- The item that was playing, which may be gone by now.
    item_id uuid,
    position_us bigint NOT NULL,
    client_message_id text NOT NULL,
    PRIMARY KEY (room_id, id)
);
CREATE UNIQUE INDEX messages_request ON room.messages (room_id, author_id, client_message_id);
