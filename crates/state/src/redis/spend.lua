-- Takes tokens of a bucket that were spent already, by the generic cell rate algorithm: the key holds the time, in
-- microseconds of this server, at which the bucket is full again, and ends then.
-- KEYS: bucket. ARGV: tokens, microseconds in which one comes back. Replies how long the bucket takes to fill up.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + ARGV[1] * ARGV[2]
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return full_at - now
