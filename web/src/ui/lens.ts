// Refraction at the rim of a glass bar: a displacement map of the bar's size (red: x, green: y) as a backdrop filter. Only
// Chromium draws such a filter; other browsers keep the blur of theme.css.

const DEPTH_PX = 22;
const SCALE = 38;
const BLUR_PX = 5;
/** A resize in progress draws no map. */
const SETTLED_MS = 150;

let count = 0;

/** Bends what lies behind this element, whatever size it gets. Returns a function that ends it. */
export function bendBehind(element: HTMLElement): () => void {
  if (!isChromium()) return () => undefined;
  count += 1;
  const id = `lens-${count}`;
  const holder = document.createElement('div');
  holder.setAttribute('aria-hidden', 'true');
  holder.style.cssText = 'position:absolute;width:0;height:0;overflow:hidden';
  document.body.append(holder);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const map = mapFor(element);
      if (!map) return;
      holder.innerHTML = filterOf(id, map);
      element.style.setProperty('--lens', `url(#${id})`);
    }, SETTLED_MS);
  });
  observer.observe(element);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    element.style.removeProperty('--lens');
    holder.remove();
  };
}

function isChromium(): boolean {
  return 'userAgentData' in navigator || /Chrom(e|ium)\//.test(navigator.userAgent);
}

interface LensMap {
  url: string;
  width: number;
  height: number;
}

function filterOf(id: string, { url, width, height }: LensMap): string {
  return `<svg width="0" height="0" color-interpolation-filters="sRGB"><filter id="${id}" x="0" y="0" width="100%" height="100%"><feImage href="${url}" width="${width}" height="${height}" result="map" preserveAspectRatio="none"/><feGaussianBlur in="SourceGraphic" stdDeviation="${BLUR_PX}" result="soft"/><feDisplacementMap in="soft" in2="map" scale="${SCALE}" xChannelSelector="R" yChannelSelector="G"/></filter></svg>`;
}

/** Each pixel near the rim is pushed outwards, the more the nearer it is. */
function mapFor(element: HTMLElement): LensMap | null {
  const width = Math.round(element.offsetWidth);
  const height = Math.round(element.offsetHeight);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = width && height ? canvas.getContext('2d') : null;
  if (!context) return null;
  const radius = Math.min(Number.parseFloat(getComputedStyle(element).borderTopLeftRadius) || 0, height / 2, width / 2);
  const map = context.createImageData(width, height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [pushX, pushY] = pushAt(x, y, width, height, radius);
      const at = (y * width + x) * 4;
      map.data[at] = 128 - pushX * 127;
      map.data[at + 1] = 128 - pushY * 127;
      map.data[at + 3] = 255;
    }
  }
  context.putImageData(map, 0, 0);
  return { url: canvas.toDataURL(), width, height };
}

function pushAt(x: number, y: number, width: number, height: number, radius: number): [number, number] {
  const fromX = x - Math.min(Math.max(x, radius), width - radius);
  const fromY = y - Math.min(Math.max(y, radius), height - radius);
  const distance = Math.hypot(fromX, fromY);
  if (distance > 0) {
    const bend = bendAt(radius - distance);
    return [(fromX / distance) * bend, (fromY / distance) * bend];
  }
  const edges: readonly [number, number, number][] = [
    [x, -1, 0],
    [width - x, 1, 0],
    [y, 0, -1],
    [height - y, 0, 1],
  ];
  const [inside, towardsX, towardsY] = edges.reduce((nearest, edge) => (edge[0] < nearest[0] ? edge : nearest));
  const bend = bendAt(inside);
  return [towardsX * bend, towardsY * bend];
}

function bendAt(insidePx: number): number {
  return insidePx >= DEPTH_PX ? 0 : (1 - Math.max(0, insidePx) / DEPTH_PX) ** 2;
}
