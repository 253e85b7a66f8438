import { Dialog } from '../../ui/Dialog';

const GROUPS: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'For everyone',
    keys: [
      ['Space or K', 'Play or pause'],
      ['← →', 'Back or forward 5 seconds'],
      ['J L', 'Back or forward 10 seconds'],
      ['U or Ctrl Z', 'Undo the last jump (Alt Z while typing)'],
      ['< >', 'Slower or faster'],
      [', .', 'Back or forward one frame while paused'],
    ],
  },
  {
    title: 'For you',
    keys: [
      ['R', 'Resync with the room'],
      ['M', 'Mute or unmute'],
      ['F', 'Full screen'],
      ['T', 'Theater mode'],
      ['/', 'Write a message'],
      ['?', 'Show this list'],
    ],
  },
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      {GROUPS.map(({ title, keys }) => (
        <section key={title} aria-label={title} className="not-first-of-type:mt-5">
          <h3 className="mb-2.5 text-sm font-medium text-faint">{title}</h3>
          <dl className="grid grid-cols-[7.5rem_1fr] items-center gap-x-4 gap-y-2.5">
            {keys.map(([key, meaning]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd className="rounded-lg border border-edge bg-well px-2 py-1 font-mono text-sm whitespace-nowrap">
                    {key}
                  </kbd>
                </dt>
                <dd className="text-soft">{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
