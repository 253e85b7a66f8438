import { useEffect, useState } from 'react';

const READ_EVERY_MS = 500;

/**
 * How late the audio output plays, in ms, as the browser knows it: Bluetooth adds 100 to 300 ms. Null where it does not say.
 * Media elements count it in already, since their time follows what the output has played; it is for people to see. The
 * `baseLatency` of an audio context is left out: elements do not pass through one.
 */
export function useOutputLatency(): number | null {
  const [latencyMs, setLatencyMs] = useState<number | null>(null);
  useEffect(() => {
    const context = new AudioContext();
    const timer = setInterval(() => {
      const seconds: number | undefined = context.outputLatency;
      setLatencyMs(seconds ? Math.round(seconds * 1000) : null);
    }, READ_EVERY_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, []);
  return latencyMs;
}
