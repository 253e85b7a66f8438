// Connects the engine of the voice chat with the room: its calls, its signals, its list, and the events of the page.
import { call } from '../../api/call';
import { ApiError, explain } from '../../api/errors';
import { VoiceService } from '../../api/gen/services';
import type { IceServerJson } from '../../api/gen/syncwatch/voice/v1/voice_pb';
import type { RoomSession } from '../../room/session';
import { select, update } from '../../room/store';
import { notify } from '../../ui/toasts';
import type { VoiceView } from './engine/view';
import { NO_LONGER, VoiceChat } from './engine/voiceChat';
import { watchTalkKey } from './talkKey';
import { loudnessOf, useVoiceSettings } from './voiceSettings';

/** Refusals that end by themselves: the new session is about to be known, or others were faster. */
const PASSING = new Set(['SESSION_NOT_FOUND', 'RATE_LIMITED', 'CONTENDED']);

export function startVoice(
  session: RoomSession,
  changed: (view: VoiceView) => void,
): { chat: VoiceChat; end: () => void } {
  const { store } = session;
  const room = select.settings.roomId(store.getState());
  const sessionId = () => select.connection.sessionId(store.getState());
  const chat = new VoiceChat({
    subjectId: () => select.access.mySubjectId(store.getState()) ?? '',
    sessionId,
    iceServers: async () => {
      const { iceServers = [], ttl = 0, hasRelay = false } = await call(VoiceService.getIceServers, { room });
      return { config: { iceServers: iceServers.map(serverOf) }, ttlMs: ttl * 1000, hasRelay };
    },
    join: async (own) => {
      const { voice } = await call(VoiceService.joinVoice, { room, sessionId: sessionId(), own });
      return voice ?? {};
    },
    connect: async (offer) => {
      const { answer = '', hostEpoch = '0' } = await call(VoiceService.connectVoice, {
        room,
        sessionId: sessionId(),
        offer,
      });
      return { answer, hostEpoch: Number(hostEpoch) };
    },
    refusalOfSfu: (error) => {
      const { reason = '' } = error instanceof ApiError ? error : {};
      if (reason === 'VOICE_SFU_OFF' || reason === 'VOICE_OFFER_INVALID') return 'never';
      return reason === 'NOT_IN_VOICE' ? 'rejoin' : 'retry';
    },
    leave: (of) => call(VoiceService.leaveVoice, { room, sessionId: of }),
    update: (own) => call(VoiceService.updateVoice, { room, sessionId: sessionId(), own }),
    report: (connections) => call(VoiceService.reportVoice, { room, sessionId: sessionId(), connections }),
    signal: (to, payload) => void session.signal(to, payload).catch(() => undefined),
    loudness: (subjectId) => loudnessOf(useVoiceSettings.getState(), subjectId),
    mayTalk: () => select.access.may(store.getState(), 'PERMISSION_USE_VOICE'),
    refusal: (error) => {
      const { code = 0, reason = '' } = error instanceof ApiError ? error : {};
      if (reason === 'PERMISSION_MISSING' || reason === 'NOT_A_MEMBER') return NO_LONGER;
      const isPassing = code === 0 || code >= 500 || PASSING.has(reason);
      return isPassing ? null : explain(error);
    },
    film: () => session.film(),
    setFilmGain: (gain) => session.filmGain.set(gain),
    settings: () => useVoiceSettings.getState(),
    tell: (text) => notify(text),
    changed: (view) => {
      changed(view);
      if (store.getState().voice.speaking !== view.speaking)
        update(store, 'voice', (state) => ({ ...state, speaking: view.speaking }));
    },
    nowMs: () => performance.now(),
  });
  const network = (navigator as { connection?: EventTarget }).connection;
  const networkChanged = () => chat.networkChanged();
  const devicesChanged = () => chat.devicesChanged();
  network?.addEventListener('change', networkChanged);
  window.addEventListener('online', networkChanged);
  navigator.mediaDevices?.addEventListener('devicechange', devicesChanged);
  const cleanups = [
    session.onSignal((from, payload) => chat.signalled(from, payload)),
    store.subscribe((now, before) => {
      if (now.connection.sessionId !== before.connection.sessionId) chat.reconnected();
      if (now.voice.room && now.voice.room !== before.voice.room) chat.listed(now.voice.room);
    }),
    useVoiceSettings.subscribe((settings) => chat.apply(settings)),
    watchTalkKey(chat),
  ];
  return {
    chat,
    end: () => {
      for (const cleanup of cleanups) cleanup();
      network?.removeEventListener('change', networkChanged);
      window.removeEventListener('online', networkChanged);
      navigator.mediaDevices?.removeEventListener('devicechange', devicesChanged);
      chat.destroy();
    },
  };
}

function serverOf({ urls = [], username, credential }: IceServerJson): RTCIceServer {
  return { urls, ...(username && { username }), ...(credential && { credential }) };
}
