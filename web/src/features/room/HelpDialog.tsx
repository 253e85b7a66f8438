import { Dialog } from '../../ui/Dialog';

const KEYS: readonly (readonly [string, string])[] = [
  ['Space or K', 'Play or pause, for everyone'],
  ['← →', 'Back or ahead 5 seconds'],
  ['J L', 'Back or ahead 10 seconds'],
  ['M', 'Sound off or on, for you'],
  ['F', 'Full screen'],
  ['T', 'Wide picture'],
  ['/', 'Write in the chat'],
  ['?', 'This help'],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2.5">
        {KEYS.map(([key, meaning]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-lg border border-edge bg-well px-2 py-1 font-mono text-sm">{key}</kbd>
            </dt>
            <dd className="text-soft">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
