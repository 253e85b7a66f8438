-- Expand: more settings of rooms. `max_members` keeps its name here; the contract calls it `max_participants`, since it bounds
-- who is there and no longer how many people have joined.
ALTER TABLE room.rooms
    ADD COLUMN description text NOT NULL DEFAULT '',
    -- The numbers of syncwatch.room.v1.Category.
    ADD COLUMN category smallint NOT NULL DEFAULT 0,
    ADD COLUMN labels text[] NOT NULL DEFAULT '{}',
    -- The policies of a room besides `policy`: an encoded syncwatch.room.v1.RoomSettings with nothing else.
    ADD COLUMN policies bytea NOT NULL DEFAULT '',
    DROP CONSTRAINT rooms_seats,
    ADD CONSTRAINT rooms_members CHECK (member_count >= 0);
