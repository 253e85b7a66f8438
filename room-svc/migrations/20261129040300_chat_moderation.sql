-- Expand: word filters, reports and emotes of rooms.
ALTER TABLE room.chats
    ADD COLUMN filters_version bigint NOT NULL DEFAULT 0,
    -- When retention last went over it.
    ADD COLUMN swept_at timestamptz;
CREATE INDEX chats_swept ON room.chats (swept_at NULLS FIRST);

CREATE TABLE room.chat_filters (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    id uuid NOT NULL,
    -- An encoded syncwatch.room.v1.FilterRule.
    rule bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, id)
);

CREATE TABLE room.chat_reports (
    id uuid PRIMARY KEY,
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    -- No foreign key: a report outlives its message, and keeps the text as it was reported.
    message_id uuid NOT NULL,
    author_id text NOT NULL,
    author_name text NOT NULL,
    text text NOT NULL,
    reporter_id text NOT NULL,
    reporter_name text NOT NULL,
    note text NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by text,
    CONSTRAINT chat_reports_once UNIQUE (room_id, message_id, reporter_id)
);
CREATE INDEX chat_reports_open ON room.chat_reports (room_id, id) WHERE closed_at IS NULL;

CREATE TABLE room.emotes (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    name text NOT NULL,
    content_type text NOT NULL,
    -- SHA-256 of the image, in hexadecimal.
    digest text NOT NULL,
    added_by text NOT NULL,
    image bytea NOT NULL,
    PRIMARY KEY (room_id, name)
);
