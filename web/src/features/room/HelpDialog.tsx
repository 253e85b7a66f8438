import { Dialog } from '../../ui/Dialog';

const GROUPS: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'For everyone',
    keys: [
      ['Space or K', 'Play or pause'],
      ['← →', 'Back or ahead 5 seconds'],
      ['J L', 'Back or ahead 10 seconds'],
      ['U or Ctrl Z', 'Take the last jump back; while you write: Alt Z'],
      ['< >', 'Slower or faster'],
      [', .', 'One frame back or on, while it stands'],
    ],
  },
  {
    title: 'For you',
    keys: [
      ['R', 'Find the room’s place again'],
      ['M', 'Sound off or on'],
      ['F', 'Full screen'],
      ['T', 'Wide picture'],
      ['/', 'Write in the chat'],
      ['?', 'This help'],
    ],
  },
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      {GROUPS.map(({ title, keys }) => (
        <section key={title} aria-label={title} className="not-first-of-type:mt-5">
          <h3 className="mb-2.5 text-sm font-medium text-faint">{title}</h3>
          <dl className="grid grid-cols-[7.5rem_1fr] items-center gap-x-4 gap-y-2.5">
            {keys.map(([key, meaning]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd className="rounded-lg border border-edge bg-well px-2 py-1 font-mono text-sm whitespace-nowrap">{key}</kbd>
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
