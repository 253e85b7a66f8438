import type { TimerRequest } from './timer';

const running = new Map<number, ReturnType<typeof setTimeout>>();

self.addEventListener('message', ({ data }: MessageEvent<TimerRequest>) => {
  if (data.kind === 'cancel') {
    // One call clears both kinds: timeouts and intervals share their ids (HTML, section 8.6).
    clearTimeout(running.get(data.id));
    running.delete(data.id);
  } else if (data.kind === 'every') {
    running.set(
      data.id,
      setInterval(() => self.postMessage(data.id), data.ms),
    );
  } else {
    const fire = () => {
      running.delete(data.id);
      self.postMessage(data.id);
    };
    running.set(data.id, setTimeout(fire, data.ms));
  }
});
