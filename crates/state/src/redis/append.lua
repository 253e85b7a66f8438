-- One step of a room, atomically. Knows nothing of what it stores.
-- KEYS: record, events, answer. ARGV: expected version, state, first seq, events to keep, channel, seconds that keys
-- last, seconds that answers last, whether there is an idempotency key, answer, number of events, events…, notices…
-- Replies {1, version} when done, {0, 0} when the version is another, {2, answer} when the key was used before.
local expected, first_seq = tonumber(ARGV[1]), tonumber(ARGV[3])
if ARGV[8] == '1' then
  local answer = redis.call('GET', KEYS[3])
  if answer then return {2, answer} end
end

local record = redis.call('HMGET', KEYS[1], 'version', 'last_seq')
local version = tonumber(record[1] or '0')
if version ~= expected then return {0, 0} end
if version == 0 then
  redis.call('DEL', KEYS[2])
  -- A new log starts above any that was lost: no room was appended to a million times a second.
  local time = redis.call('TIME')
  version = time[1] * 1000000 + time[2]
elseif first_seq ~= tonumber(record[2]) + 1 then
  return redis.error_reply('event ' .. ARGV[3] .. ' cannot follow event ' .. record[2])
end

-- Lua turns large numbers into exponents; %.0f does not.
local function digits(number) return string.format('%.0f', number) end
local count = tonumber(ARGV[10])
version = version + 1
redis.call('HSET', KEYS[1], 'version', digits(version), 'last_seq', digits(first_seq + count - 1), 'state', ARGV[2])
for i = 11 + count, #ARGV do
  redis.call('PUBLISH', ARGV[5], 'n' .. ARGV[i])
end
for i = 1, count do
  local seq = digits(first_seq + i - 1)
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], seq .. '-0', 'e', ARGV[10 + i])
  redis.call('PUBLISH', ARGV[5], 'e' .. seq .. ':' .. ARGV[10 + i])
end
redis.call('EXPIRE', KEYS[1], ARGV[6])
redis.call('EXPIRE', KEYS[2], ARGV[6])
if ARGV[8] == '1' then redis.call('SET', KEYS[3], ARGV[9], 'EX', ARGV[7]) end
return {1, version}
