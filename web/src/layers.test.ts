// Which folder of the client may import which.
import { expect, it } from 'vitest';

/** For each layer the layers below it that it may import. `app` puts the features together and may import all. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  api: [],
  ui: [],
  sync: ['api'],
  room: ['api', 'sync'],
  features: ['api', 'room', 'ui'],
  app: ['api', 'sync', 'room', 'ui', 'features'],
};

const files = import.meta.glob<string>(['./**/*.{ts,tsx}', '!./api/gen/**', '!./layers.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

interface Import {
  from: string;
  to: string;
}

function importsOf(path: string, source: string): Import[] {
  const base = new URL(path, 'file:///');
  const targets = [...source.matchAll(/(?:from|import|import\(|mock\() ?'(\.[^']+)'/g)];
  return targets.map(([, target = '']) => ({
    from: base.pathname.slice(1),
    to: new URL(target, base).pathname.slice(1),
  }));
}

function isAllowed({ from, to }: Import): boolean {
  const [layer = '', feature] = from.split('/');
  const [target = '', other] = to.split('/');
  if (layer === target) return layer !== 'features' || feature === other;
  return BELOW[layer]?.includes(target) ?? false;
}

const imports = Object.entries(files).flatMap(([path, source]) => importsOf(path, source));

it('reads every import of the client', () => {
  expect(Object.keys(files).length).toBeGreaterThan(150);
  expect(imports.length).toBeGreaterThan(400);
});

it('has no import from a layer to one above it, or from one feature to another', () => {
  expect(imports.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

it('would find such an import', () => {
  expect(isAllowed({ from: 'features/chat/ChatPanel.tsx', to: 'features/playlist/AddMedia' })).toBe(false);
  expect(isAllowed({ from: 'features/chat/ChatPanel.tsx', to: 'sync/motion' })).toBe(false);
  expect(isAllowed({ from: 'sync/engine.ts', to: 'room/store' })).toBe(false);
  expect(isAllowed({ from: 'room/session.ts', to: 'ui/toasts' })).toBe(false);
});
