import { useEffect, useRef, useState } from 'react';
import { useRoom, useRoomSession } from '../../../room/hooks';
import { select } from '../../../room/store';
import { FLIGHT_MS, type Lanes, laneCount, laneTopPx, takeLane } from './lanes';

const MAX_FLYING = 30;
const MAX_CHARS = 80;

/**
 * Messages that fly over the film. Elements are made by hand and moved by the compositor: a message costs one layout, and
 * nothing while it flies. They stand still while the film does.
 */
export function Danmaku() {
  const session = useRoomSession();
  const box = useRef<HTMLDivElement>(null);
  const arrivals = useRoom(select.chat.arrivals);
  const newest = useRoom(select.chat.newest);
  const isMoving = useRoom(select.playback.isMoving);
  const flying = useRef(new Map<string, { element: HTMLElement; flight: Animation }>());
  const lanes = useRef<Lanes>({ last: [] });
  const [mountedMs] = useState(() => performance.now());
  const flownMs = useRef(mountedMs);

  useEffect(() => {
    const stage = box.current;
    const fresh = arrivals.filter(({ atMs }) => atMs > flownMs.current);
    const last = fresh.at(-1);
    if (!stage || !last) return;
    flownMs.current = last.atMs;
    if (!isMoving) return;
    const room = session.store.getState();
    for (const { id } of fresh) {
      const message = select.chat.message(room, id);
      if (!message || message.system || message.isRemoved || flying.current.size >= MAX_FLYING) continue;
      const flight = fly(stage, lanes.current, shortened(message.text));
      if (!flight) continue;
      flying.current.set(id, flight);
      const land = () => {
        flight.element.remove();
        flying.current.delete(id);
      };
      flight.flight.finished.then(land, land);
    }
  }, [session, arrivals, isMoving]);

  useEffect(() => {
    for (const { flight } of flying.current.values()) {
      if (isMoving) flight.play();
      else flight.pause();
    }
  }, [isMoving]);

  // Case W16: what was deleted is gone here, too.
  useEffect(() => {
    if (!flying.current.size) return;
    const gone = new Set(newest.filter((message) => message.isRemoved).map(({ id }) => id));
    for (const [id, { flight }] of flying.current) if (gone.has(id)) flight.cancel();
  }, [newest]);

  useEffect(() => {
    const all = flying.current;
    return () => {
      for (const { flight } of all.values()) flight.cancel();
    };
  }, []);
  return <div ref={box} data-testid="danmaku" aria-hidden className="absolute inset-0 overflow-hidden" />;
}

/** Starts a message on a free lane; null when there is none. */
function fly(stage: HTMLElement, lanes: Lanes, text: string) {
  const { clientWidth: stagePx, clientHeight } = stage;
  const element = document.createElement('span');
  element.className = 'film-fly text-[clamp(16px,2vw,24px)] font-semibold';
  element.textContent = text;
  element.style.transform = `translate3d(${stagePx}px, 0, 0)`;
  stage.append(element);
  const widthPx = element.offsetWidth;
  const lane = takeLane(lanes, laneCount(clientHeight), widthPx, stagePx, performance.now());
  if (lane < 0) {
    element.remove();
    return null;
  }
  element.style.top = `${laneTopPx(lane)}px`;
  const flight = element.animate(
    [{ transform: `translate3d(${stagePx}px, 0, 0)` }, { transform: `translate3d(${-widthPx}px, 0, 0)` }],
    { duration: FLIGHT_MS, easing: 'linear' },
  );
  return { element, flight };
}

function shortened(text: string): string {
  const chars = Array.from(text.replaceAll(/\s+/gu, ' '));
  return chars.length > MAX_CHARS ? `${chars.slice(0, MAX_CHARS).join('')}…` : chars.join('');
}
