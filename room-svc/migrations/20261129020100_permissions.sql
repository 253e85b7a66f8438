-- Roles and permissions of rooms.

-- What a person is in a room besides being a member: it survives leaving and joining again. No row: nothing was decided.
CREATE TABLE room.standings (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    subject_id text NOT NULL,
    -- The number of the syncwatch.room.v1.Role that they were given; 0: the one with which they joined.
    role smallint NOT NULL DEFAULT 0,
    -- The id of their custom role, in room.roles.
    custom_role_id text,
    -- Sets of syncwatch.room.v1.Permission: the bit of each is its number.
    added bigint NOT NULL DEFAULT 0,
    removed bigint NOT NULL DEFAULT 0,
    muted_until timestamptz,
    PRIMARY KEY (room_id, subject_id)
);
CREATE INDEX standings_custom ON room.standings (room_id, custom_role_id) WHERE custom_role_id IS NOT NULL;
-- Members who have a permission beyond their role.
CREATE INDEX standings_added ON room.standings (room_id) WHERE added <> 0;

-- What a room changes about the roles `guest`, `member` and `moderator`, and its custom roles, whose ids are `role_…`.
CREATE TABLE room.roles (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    id text NOT NULL,
    -- The number of the syncwatch.room.v1.Role on which a custom role is based; otherwise of the role itself.
    base smallint NOT NULL,
    name text NOT NULL DEFAULT '',
    color text NOT NULL DEFAULT '',
    added bigint NOT NULL DEFAULT 0,
    removed bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, id)
);
CREATE UNIQUE INDEX roles_name ON room.roles (room_id, lower(name)) WHERE name <> '';

-- Requests for a permission that wait for a decision.
CREATE TABLE room.permission_requests (
    room_id uuid NOT NULL REFERENCES room.rooms ON DELETE CASCADE,
    subject_id text NOT NULL,
    permission smallint NOT NULL,
    message text NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, subject_id, permission)
);
