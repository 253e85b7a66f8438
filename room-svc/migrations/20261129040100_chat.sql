-- Expand: replies, edits, deletes, mentions, reactions, pins, system messages and read state. The version before reads
-- deleted and system messages as messages without a text.
ALTER TABLE room.messages
    -- The revision of the chat that brought the message; 0: from before there were revisions.
    ADD COLUMN revision bigint NOT NULL DEFAULT 0,
    -- The numbers of syncwatch.room.v1.MessageType and MessageStyle.
    ADD COLUMN type smallint NOT NULL DEFAULT 1,
    ADD COLUMN style smallint NOT NULL DEFAULT 0,
    -- An encoded syncwatch.room.v1.SystemEvent, of system messages. Their author is nobody (`user_` and a UUID of zeros).
    ADD COLUMN system bytea,
    -- The message that this one answers. No foreign key: retention may remove that one first.
    ADD COLUMN reply_to uuid,
    ADD COLUMN edited_at timestamptz,
    -- A deleted message keeps its place, without its text.
    ADD COLUMN deleted_at timestamptz;
CREATE INDEX messages_revision ON room.messages (room_id, revision) WHERE revision > 0;
CREATE INDEX messages_author ON room.messages (room_id, author_id, id);

-- What changes with each message, apart from the row of the room, so that the wide row is not rewritten.
CREATE TABLE room.chats (
    room_id uuid PRIMARY KEY REFERENCES room.rooms ON DELETE CASCADE,
    revision bigint NOT NULL
) WITH (fillfactor = 50);

-- The changes of a chat that are no new messages. A reader learns which messages changed and reads them as they are now.
CREATE TABLE room.chat_changes (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    revision bigint NOT NULL,
    -- The message that changed; with an author, the last message of theirs that was deleted.
    message_id uuid NOT NULL,
    author_id text,
    changed_by text,
    PRIMARY KEY (room_id, revision)
);

CREATE TABLE room.mentions (
    room_id uuid NOT NULL,
    message_id uuid NOT NULL,
    subject_id text NOT NULL,
    -- In Unicode scalar values of the text. A message that answers one of the person has a row of length 0.
    start integer NOT NULL,
    length integer NOT NULL,
    PRIMARY KEY (room_id, message_id, start, length),
    FOREIGN KEY (room_id, message_id) REFERENCES room.messages ON DELETE CASCADE
);
CREATE INDEX mentions_subject ON room.mentions (room_id, subject_id, message_id);

CREATE TABLE room.reactions (
    room_id uuid NOT NULL,
    message_id uuid NOT NULL,
    key text NOT NULL,
    subject_id text NOT NULL,
    display_name text NOT NULL,
    reacted_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, message_id, key, subject_id),
    FOREIGN KEY (room_id, message_id) REFERENCES room.messages ON DELETE CASCADE
);

CREATE TABLE room.pins (
    room_id uuid NOT NULL,
    message_id uuid NOT NULL,
    pinned_by text NOT NULL,
    pinned_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, message_id),
    FOREIGN KEY (room_id, message_id) REFERENCES room.messages ON DELETE CASCADE
);

-- Up to where people have read. It outlives a membership: who joins again reads on.
CREATE TABLE room.chat_reads (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    subject_id text NOT NULL,
    message_id uuid NOT NULL,
    PRIMARY KEY (room_id, subject_id)
);
