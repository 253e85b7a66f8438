-- Subtitles of items, converted to WebVTT. room-svc keeps which item has which; here is the text.
CREATE TABLE media.subtitles (
    -- The id of the track.
    id uuid PRIMARY KEY,
    vtt text NOT NULL,
    created_at timestamptz NOT NULL,
    -- When somebody last read it, to the day: what nobody reads for long is deleted.
    read_at timestamptz NOT NULL
);
CREATE INDEX subtitles_read ON media.subtitles (read_at);
