import { useMemo } from 'react';
import { qrPath } from './qrPath';

/** Dark on light in both themes: many phones do not read an inverted code. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, d } = useMemo(() => qrPath(text), [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="aspect-square w-full rounded-control bg-qr-light"
    >
      <path d={d} className="fill-qr-dark" />
    </svg>
  );
}
