// The film's light behind everything: a tiny canvas, drawn from the picture a few times a second and blurred while it is
// tiny; the compositor stretches it, so that no filter of full size ever runs. A frame of a foreign origin may be drawn, as
// long as nobody reads it back.
import type { Theme } from './theme';

export const WIDTH = 48;
export const HEIGHT = 27;
/** How many draws ease one picture into another. */
export const SETTLE_DRAWS = 12;

/** How much of the film's light, and the most of each channel: small text stays readable on a white film. */
const LOOKS: Readonly<Record<Theme, { light: number; cap: string }>> = {
  dark: { light: 0.62, cap: 'rgb(106 62 98)' },
  light: { light: 1.5, cap: '#fff' },
};

/** The light without a film: an evening sky over a lake. */
const SKY: readonly (readonly [number, string])[] = [
  [0, '#131738'],
  [0.34, '#3d2a6b'],
  [0.56, '#a6456f'],
  [0.72, '#d9735c'],
  [0.86, '#b4536b'],
  [1, '#1a1738'],
];

/** Draws one step towards this picture; null: towards the light without a film. */
export function drawAmbient(context: CanvasRenderingContext2D, picture: CanvasImageSource | null, theme: Theme): void {
  const { light, cap } = LOOKS[theme];
  context.globalCompositeOperation = 'source-over';
  // Safari has no filter on a canvas: there the light stays sharper, and the cap alone darkens it.
  context.filter = `blur(3px) saturate(1.7) brightness(${light})`;
  context.globalAlpha = 0.35;
  if (picture) context.drawImage(picture, -4, -4, WIDTH + 8, HEIGHT + 8);
  else {
    const sky = context.createLinearGradient(WIDTH * 0.4, 0, WIDTH * 0.6, HEIGHT);
    for (const [at, colour] of SKY) sky.addColorStop(at, colour);
    context.fillStyle = sky;
    context.fillRect(-4, -4, WIDTH + 8, HEIGHT + 8);
  }
  context.filter = 'none';
  context.globalAlpha = 1;
  context.globalCompositeOperation = 'darken';
  context.fillStyle = cap;
  context.fillRect(0, 0, WIDTH, HEIGHT);
}
