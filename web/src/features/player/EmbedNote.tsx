import { Info } from 'lucide-react';
import { type EmbedService, limitsOf, SERVICES } from '../../room/player/source';
import { BulletList } from '../../ui/BulletList';

/** Names the service whose player this is, and its limits. */
export function EmbedNote({ service }: { service: EmbedService }) {
  return (
    <details className="group/note px-2 pb-1 text-xs text-white/75">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-full py-0.5 font-medium hover:text-white">
        <Info size={14} aria-hidden />
        Played by {SERVICES[service].name}: what to expect
      </summary>
      <BulletList lines={limitsOf(service)} />
    </details>
  );
}
