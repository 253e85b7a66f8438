-- 100,000 rooms, a third of them public, with ten members each, one room in a hundred with people in it.
BEGIN;
INSERT INTO room.rooms (id, code, name, owner_id, visibility, max_members, guests_forbidden, member_count, created_at, created_by,
        description, category, labels)
    SELECT md5('room ' || n)::uuid, 'seed' || lpad(n::text, 6, '0'), 'Film night ' || n, 'user_' || md5('person ' || n % 50000),
        1 + (n % 3 > 0)::integer, 50, n % 10 = 0, 10, now() - n * interval '1 minute', 'seed', 'Every Friday, room ' || n, n % 10,
        ARRAY['label' || n % 100]
    FROM generate_series(1, 100000) n;
INSERT INTO room.live (room_id, epoch, version, reported_at, present_count, empty_since, listed, search)
    SELECT id, 1, 1, now(), CASE WHEN code LIKE '%00' THEN 5 ELSE 0 END, CASE WHEN code NOT LIKE '%00' THEN now() END, visibility = 1,
        array_to_tsvector(ARRAY['film', 'night', 'every', 'friday', 'room', ltrim(substr(code, 5), '0'), '/category ' || category,
                                '/label ' || labels[1]]
            || CASE WHEN guests_forbidden THEN '{}'::text[] ELSE ARRAY['/guests'] END)
    FROM room.rooms WHERE created_by = 'seed';
ANALYZE room.rooms, room.live;
INSERT INTO room.members (room_id, subject_id, display_name, role, joined_at)
    SELECT r.id, 'user_' || md5('person ' || (m * 7919 + hashtext(r.code)::bigint) % 50000), 'Person ' || m, 2, r.created_at
    FROM room.rooms r CROSS JOIN generate_series(1, 10) m WHERE r.created_by = 'seed' ON CONFLICT DO NOTHING;
ANALYZE room.members;
INSERT INTO room.visits (room_id, subject_id, seat_until, last_seen_at)
    SELECT m.room_id, m.subject_id, CASE WHEN l.present_count > 0 THEN 'infinity'::timestamptz ELSE m.joined_at END, m.joined_at
    FROM room.members m JOIN room.live l USING (room_id) JOIN room.rooms r ON r.id = m.room_id WHERE r.created_by = 'seed';
COMMIT;
