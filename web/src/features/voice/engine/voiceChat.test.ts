import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FREE_AFTER_MS } from './microphone';
import { makeChat, microphone, person } from './voiceChat.testkit';

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function inVoice(...how: Parameters<typeof makeChat>) {
  const made = makeChat(...how);
  await made.chat.join();
  await later(0);
  return made;
}

it('joins with a microphone that is closed until somebody presses to talk', async () => {
  const { chat, network, server } = await inVoice();
  expect(chat.view).toMatchObject({ status: 'in', hasMicrophone: true, open: false, device: 'microphone' });
  expect(network.connections).toHaveLength(1);
  const [sent] = microphone.tracks;
  expect(sent?.enabled).toBe(false);
  chat.press();
  expect([chat.view.open, sent?.enabled]).toEqual([true, true]);
  await later(1_000);
  chat.release();
  expect([chat.view.open, sent?.enabled]).toEqual([false, false]);
  // The microphone may come before or after the entry.
  const told = [...server.join.mock.calls, ...server.update.mock.calls].map(([own]) => own);
  expect(told.at(-1)).toEqual({ mode: 'VOICE_MODE_PUSH_TO_TALK' });
});

it('rejects with the refusal of the server, and frees the microphone', async () => {
  const { chat, server } = makeChat();
  server.join.mockRejectedValueOnce(new Error('VOICE_FULL'));
  await expect(chat.join()).rejects.toThrow('VOICE_FULL');
  await later(0);
  expect(chat.view.status).toBe('out');
  expect(microphone.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
});

it('asks for no microphone while one joins muted, and frees it some time after a mute', async () => {
  const { chat } = await inVoice({ joinMuted: true });
  expect(microphone.tracks).toEqual([]);
  await chat.setMuted(false);
  expect(microphone.tracks).toHaveLength(1);
  await chat.setMuted(true);
  await later(FREE_AFTER_MS - 1);
  expect(chat.view.hasMicrophone).toBe(true);
  await later(1);
  expect([chat.view.hasMicrophone, microphone.tracks[0]?.readyState]).toEqual([false, 'ended']);
});

it('rejoins as the new session after the connection to the room was lost', async () => {
  const { chat, server, network } = await inVoice();
  server.sessionId = 'me2';
  server.join.mockRejectedValueOnce(new Error('SESSION_NOT_FOUND'));
  chat.reconnected();
  await later(0);
  expect(server.join).toHaveBeenCalledTimes(2);
  await later(1_000);
  expect(server.join).toHaveBeenCalledTimes(3);
  expect(chat.view.status).toBe('in');
  expect(network.connections.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  expect(microphone.tracks).toHaveLength(1);
});

it('ends with the reason when the server refuses a rejoin for good', async () => {
  const { chat, server, told } = await inVoice();
  server.sessionId = 'me2';
  server.refusal = 'Voice is full (5 of 5).';
  server.join.mockRejectedValueOnce(new Error('VOICE_FULL'));
  chat.reconnected();
  await later(0);
  expect([chat.view.status, told]).toEqual(['out', ['Voice is full (5 of 5).']]);
});

it('rejoins when the server lost the entry, as after its restart', async () => {
  const { chat, server, network } = await inVoice();
  chat.listed({ participants: [person('a')] });
  expect(network.connections[0]?.isClosed).toBe(true);
  await later(1_000);
  expect(server.join).toHaveBeenCalledTimes(2);
  expect(chat.view.status).toBe('in');
});

it('ends at once, without the film being turned down, when the person may no longer talk', async () => {
  const { chat, server, network, told, filmGains } = await inVoice();
  chat.press();
  server.mayTalk = false;
  chat.listed({ participants: [person('a')] });
  expect(chat.view).toMatchObject({ status: 'out', open: false });
  expect(network.connections.every(({ isClosed }) => isClosed)).toBe(true);
  expect(microphone.tracks.every(({ readyState }) => readyState === 'ended')).toBe(true);
  expect([filmGains.at(-1), told]).toEqual([1, ['You may no longer talk in this room.']]);
  await later(60_000);
  expect(server.join).toHaveBeenCalledTimes(1);
});

it('gives way to another device of the same person', async () => {
  const { chat, told } = await inVoice();
  chat.listed({ participants: [person('a'), person('phone', { subjectId: 'user_me' })] });
  expect([chat.view.status, told]).toEqual(['out', ['You talk with another device now.']]);
});

it('closes the microphone while a moderator has muted the person, and says who', async () => {
  const { chat, told } = await inVoice();
  chat.listed({ participants: [person('a'), person('me', { muted: { byName: 'Ann' } })] });
  chat.press();
  await later(50);
  expect([chat.view.open, microphone.tracks[0]?.enabled]).toEqual([false, false]);
  chat.listed({ participants: [person('a'), person('me')] });
  await later(50);
  expect(chat.view.open).toBe(true);
  expect(told).toEqual(['Ann muted you.', 'You can be heard again.']);
});

it('turns the film down while another one speaks, and up after they left', async () => {
  const { chat, network, filmGains } = await inVoice();
  const [pc] = network.connections;
  if (pc) pc.hears({ audioLevel: 0.3, timestamp: performance.now() + 200 });
  await later(200);
  expect(20 * Math.log10(filmGains.at(-1) ?? 1)).toBeCloseTo(-12);
  expect(chat.view.speaking).toEqual(['user_a']);
  chat.leave();
  expect(filmGains.at(-1)).toBe(1);
});

it('reads new credentials at half of their life', async () => {
  const { chat, server } = makeChat();
  server.iceServers.mockResolvedValueOnce({ config: {}, ttlMs: 8_000, hasRelay: true });
  await chat.join();
  await later(3_999);
  expect(server.iceServers).toHaveBeenCalledTimes(1);
  await later(1);
  expect(server.iceServers).toHaveBeenCalledTimes(2);
});

it('leaves the session by which it entered', async () => {
  const { chat, server } = await inVoice();
  chat.leave();
  chat.leave();
  expect(server.leave.mock.calls).toEqual([['me']]);
});
