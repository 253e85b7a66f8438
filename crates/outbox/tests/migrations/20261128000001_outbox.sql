CREATE TABLE test.outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    subject uuid NOT NULL,
    payload bytea NOT NULL,
    created_at timestamptz NOT NULL,
    leased_by uuid,
    leased_until timestamptz,
    unreadable text,
    reader_group text NOT NULL,
    UNIQUE (id, reader_group)
);
