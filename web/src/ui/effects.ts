// How much the page spends on its looks. A machine that drops frames of the film spends less, by itself.
import { create } from 'zustand';

/** full: light and glass as designed; calm: the light changes once a second, no filters; low: no moving light either. */
export type Effects = 'full' | 'calm' | 'low';

export interface FrameCount {
  shown: number;
  dropped: number;
}

/** Fewer frames than this say nothing. */
const MIN_FRAMES = 60;
/** A larger share of dropped frames is visible. */
const MAX_DROPPED_SHARE = 0.08;

/** Whether the browser was asked for a graphics card. */
let asked = false;

export const useEffects = create<{ effects: Effects }>(() => ({ effects: wantsLess() ? 'low' : 'full' }));

/** The next lower level when too many frames were dropped between two counts of one video. */
export function afterFrames(effects: Effects, before: FrameCount, now: FrameCount): Effects {
  const shown = now.shown - before.shown;
  const dropped = now.dropped - before.dropped;
  // A smaller count than before is another video.
  if (shown < MIN_FRAMES || dropped < 0 || dropped / shown <= MAX_DROPPED_SHARE) return effects;
  return effects === 'full' ? 'calm' : 'low';
}

/**
 * Steps down to calm in a browser that draws without a graphics card: there the light and the lens cost a fifth of a core
 * (`make bench-sync`). Asks the browser once, when a film is shown.
 */
export function calmWithoutGraphicsCard(): void {
  if (asked) return;
  asked = true;
  if (useEffects.getState().effects === 'full' && !hasGraphicsCard()) useEffects.setState({ effects: 'calm' });
}

/** Names of renderers that draw with the processor: Chromium's, Mesa's, Windows's. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function hasGraphicsCard(): boolean {
  const context = document.createElement('canvas').getContext('webgl');
  if (!context) return false;
  const details = context.getExtension('WEBGL_debug_renderer_info');
  const name = String(context.getParameter(details?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE.test(name);
}

/** Sets the level for the page: CSS reads it from the root element. */
export function applyEffects(): void {
  const apply = ({ effects }: { effects: Effects }) => {
    document.documentElement.dataset['effects'] = effects;
  };
  apply(useEffects.getState());
  useEffects.subscribe(apply);
}

/** The person asked the system for less motion, less transparency or less data. */
function wantsLess(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return (
    connection?.saveData === true ||
    ['(prefers-reduced-motion: reduce)', '(prefers-reduced-transparency: reduce)'].some((q) => matchMedia(q).matches)
  );
}
