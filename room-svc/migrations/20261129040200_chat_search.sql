-- Expand: search in chats. A message of a room-svc of the version before has no terms until the task of the next one fills them in.
ALTER TABLE room.messages
    -- Words of the text, and pairs of characters where a script has no spaces, each with a key of the room in front: so the
    -- list of one term has the messages of one room. NULL: not filled in, or nothing to find.
    ADD COLUMN terms tsvector;
-- Without fastupdate: a message pays for its own entries, and no message waits for those of others.
CREATE INDEX messages_terms ON room.messages USING gin (terms) WITH (fastupdate = off);
CREATE INDEX messages_without_terms ON room.messages (id) WHERE terms IS NULL AND text <> '';
