// The state of an upload in words.
import { waitWords } from '../../api/errors';
import { bytes } from '../../room/format';
import { bitRate, percentOf } from './progress';
import type { UploadView } from './state';
import { sendingLeft } from './uploads';

/** "3.1 of 4.2 GB · 48 Mbit/s · 3 minutes left" */
export function sendingWords(view: UploadView): string {
  const { step, sentBytes, sizeBytes, bytesPerSecond } = view;
  const part = `${bytes(sentBytes)} of ${bytes(sizeBytes)}`;
  if (step === 'waiting') return sentBytes > 0 ? `${part} · waits for the others` : 'Waits for the others';
  if (step === 'paused') return `${part} · paused`;
  if (step === 'lost') return `${part} · stopped`;
  if (step === 'elsewhere') return `${part} · another tab sends it`;
  if (step !== 'sending') return step === 'failed' && sentBytes < sizeBytes ? part : `${bytes(sizeBytes)} sent`;
  const left = sendingLeft(view);
  return [
    part,
    bytesPerSecond === null ? '' : bitRate(bytesPerSecond),
    left === null ? '' : `${waitWords(left * 1000)} left`,
  ]
    .filter(Boolean)
    .join(' · ');
}

export function preparingWords({ step, percent, playable }: UploadView): string {
  if (step === 'ready') return 'All of it is prepared';
  if (step === 'failed') return '';
  return percent > 0 || playable ? `${percent} % is prepared` : step === 'preparing' ? 'Looking into the file' : '';
}

export function readyWords({ step, playable }: UploadView): string {
  if (step === 'ready') return 'Everyone can watch it';
  if (!playable || step === 'failed') return '';
  return step === 'sending' || step === 'preparing'
    ? 'You can start now: it stays ahead of you'
    : 'What is there plays already';
}

/** One line, for a row of the playlist. */
export function lineWords(view: UploadView): string {
  const { step, problem, note, playable, percent, sentBytes, sizeBytes } = view;
  const sent = percentOf(sentBytes, sizeBytes);
  if (problem) return problem.text;
  if (note) return note;
  if (step === 'ready') return '';
  if (step === 'preparing') return playable ? `Plays already, ${percent} % prepared` : `Preparing, ${percent} %`;
  if (step === 'paused') return `Paused at ${sent} %`;
  if (step === 'waiting') return 'Waits to be sent';
  const left = sendingLeft(view);
  const when = left === null ? '' : `, ${waitWords(left * 1000)} left`;
  return `${playable ? 'Plays already, sending' : 'Sending'}, ${sent} %${when}`;
}

/** What a screen reader hears when it changes. */
export function saidOf({ filename, step, playable, problem }: UploadView): string {
  if (problem) return `${filename}: ${problem.text}`;
  if (step === 'ready') return `${filename} is ready.`;
  if (playable) return `${filename} can be watched now.`;
  if (step === 'preparing') return `${filename} is sent, and is being prepared.`;
  if (step === 'paused') return `${filename} is paused.`;
  return step === 'sending' ? `${filename} is being sent.` : '';
}
