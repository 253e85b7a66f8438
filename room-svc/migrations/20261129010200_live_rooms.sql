-- Expand: who is in rooms, apart from who has joined them. `room.rooms` stays free of it, since its rows are locked by every
-- change of a room, and reports must not wait for chat, nor chat for reports.

CREATE TABLE room.live (
    room_id uuid PRIMARY KEY REFERENCES room.rooms ON DELETE CASCADE,
    -- The order of reports: an older one changes nothing.
    epoch bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    -- NULL: nobody has come yet.
    reported_at timestamptz,
    present_count integer NOT NULL DEFAULT 0,
    -- Since when nobody is there; NULL while somebody is.
    empty_since timestamptz,
    -- Since when the owner is not there while others are; NULL otherwise.
    owner_absent_since timestamptz,
    owner_away boolean NOT NULL DEFAULT false,
    waiting boolean NOT NULL DEFAULT false,
    item_id uuid,
    playing boolean NOT NULL DEFAULT false,
    position_us bigint NOT NULL DEFAULT 0,
    position_at timestamptz,
    rate double precision NOT NULL DEFAULT 1,
    -- Copied from the room: whether lists of public rooms have it.
    listed boolean NOT NULL DEFAULT false
);
CREATE INDEX live_listed ON room.live (present_count DESC, room_id DESC) WHERE listed;
CREATE INDEX live_reported ON room.live (reported_at) WHERE present_count > 0;
CREATE INDEX live_without_owner ON room.live (owner_absent_since) WHERE owner_absent_since IS NOT NULL;

INSERT INTO room.live (room_id, empty_since, listed) SELECT id, now(), visibility = 1 FROM room.rooms;

-- Who is or was in a room. Not a part of `room.members`: a visit outlives the membership, and reports must not lock members.
CREATE TABLE room.visits (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    subject_id text NOT NULL,
    -- Until when the person counts for the number of people that the room admits: infinity while they are there.
    seat_until timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, subject_id)
);
CREATE INDEX visits_seats ON room.visits (room_id, seat_until);
CREATE INDEX visits_history ON room.visits (subject_id, last_seen_at DESC, room_id);
-- Everyone who has joined so far was there once.
INSERT INTO room.visits (room_id, subject_id, seat_until, last_seen_at)
    SELECT room_id, subject_id, '-infinity', joined_at FROM room.members;
CREATE INDEX members_subject ON room.members (subject_id, room_id);

-- Times of rooms, closing, and the recovery link of an owner.
ALTER TABLE room.rooms
    ADD COLUMN starts_at timestamptz,
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN idle_hours integer NOT NULL DEFAULT 0,
    ADD COLUMN closed_at timestamptz,
    -- The numbers of syncwatch.room.v1.CloseReason.
    ADD COLUMN close_reason smallint NOT NULL DEFAULT 0,
    -- SHA-256 of the secret.
    ADD COLUMN recovery_hash bytea;
CREATE INDEX rooms_owner ON room.rooms (owner_id, id);

ALTER TABLE room.live
    -- When the room ends, or once it is closed, when it is deleted; NULL: not by itself. Kept by `store::expiry`.
    ADD COLUMN expires_at timestamptz,
    -- What lists of public rooms are searched and filtered by: see `domain::search`.
    ADD COLUMN search tsvector NOT NULL DEFAULT '';
CREATE INDEX live_expiry ON room.live (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX live_search ON room.live USING gin (search) WHERE listed;

CREATE TABLE room.favourites (
    subject_id text NOT NULL,
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (subject_id, room_id)
);
CREATE INDEX favourites_room ON room.favourites (room_id);

-- Left out of the history of the person, who is or was there all the same.
ALTER TABLE room.visits ADD COLUMN hidden boolean NOT NULL DEFAULT false;
CREATE INDEX visits_guests ON room.visits (last_seen_at) WHERE subject_id LIKE 'guest\_%';
CREATE INDEX visits_old ON room.visits (last_seen_at);
