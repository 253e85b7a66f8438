-- the first page of public rooms
SELECT r.*, l.* FROM room.live l JOIN room.rooms r ON r.id = l.room_id WHERE l.listed ORDER BY l.present_count DESC, l.room_id DESC LIMIT 21;

-- a late page of public rooms
SELECT r.*, l.* FROM room.live l JOIN room.rooms r ON r.id = l.room_id
WHERE l.listed AND (l.present_count, l.room_id) < (0, '80000000-0000-0000-0000-000000000000') ORDER BY l.present_count DESC, l.room_id DESC LIMIT 21;

-- public rooms of a label, among the next 1,000 rooms
SELECT r.*, l.* FROM (SELECT * FROM (SELECT * FROM room.live WHERE listed ORDER BY present_count DESC, room_id DESC LIMIT 1000) next
WHERE search @@ '''/label label7'''::tsquery) l JOIN room.rooms r ON r.id = l.room_id ORDER BY l.present_count DESC, l.room_id DESC LIMIT 21;

-- public rooms of a label, by the index
SELECT r.*, l.* FROM (WITH found AS MATERIALIZED (SELECT * FROM room.live WHERE listed AND search @@ '''/label label7'''::tsquery)
SELECT * FROM found) l JOIN room.rooms r ON r.id = l.room_id ORDER BY l.present_count DESC, l.room_id DESC LIMIT 21;

-- public rooms with a rare word, among the next 1,000 rooms
SELECT r.*, l.* FROM (SELECT * FROM (SELECT * FROM room.live WHERE listed ORDER BY present_count DESC, room_id DESC LIMIT 1000) next
WHERE search @@ '''4242'':*'::tsquery) l JOIN room.rooms r ON r.id = l.room_id ORDER BY l.present_count DESC, l.room_id DESC LIMIT 21;

-- public rooms with a rare word, by the index
SELECT r.*, l.* FROM (WITH found AS MATERIALIZED (SELECT * FROM room.live WHERE listed AND search @@ '''4242'':*'::tsquery)
SELECT * FROM found) l JOIN room.rooms r ON r.id = l.room_id ORDER BY l.present_count DESC, l.room_id DESC LIMIT 21;

-- public rooms with a frequent word, among the next 1,000 rooms
SELECT r.*, l.* FROM (SELECT * FROM (SELECT * FROM room.live WHERE listed ORDER BY present_count DESC, room_id DESC LIMIT 1000) next
WHERE search @@ '''film'':*'::tsquery) l JOIN room.rooms r ON r.id = l.room_id ORDER BY l.present_count DESC, l.room_id DESC LIMIT 21;

-- the number of public rooms, up to 1,001
SELECT count(*) FROM (SELECT FROM room.live l WHERE l.listed LIMIT 1001) c;

-- the rooms that a person has joined
SELECT k.at, r.*, l.* FROM (SELECT m.room_id, coalesce(v.last_seen_at, m.joined_at) AS at FROM room.members m
    LEFT JOIN room.visits v ON v.room_id = m.room_id AND v.subject_id = m.subject_id WHERE m.subject_id = 'user_' || md5('person 4242')) k
JOIN room.rooms r ON r.id = k.room_id LEFT JOIN room.live l ON l.room_id = r.id ORDER BY k.at DESC, k.room_id DESC LIMIT 21;

-- the history of a person
SELECT k.at, r.*, l.* FROM (SELECT room_id, last_seen_at AS at FROM room.visits WHERE subject_id = 'user_' || md5('person 4242') AND NOT hidden) k
JOIN room.rooms r ON r.id = k.room_id LEFT JOIN room.live l ON l.room_id = r.id ORDER BY k.at DESC, k.room_id DESC LIMIT 21;
