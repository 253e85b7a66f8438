-- Why an event cannot be told. Such a row is left to whoever looks after the installation; the others go on.
ALTER TABLE room.outbox ADD COLUMN unreadable text;
