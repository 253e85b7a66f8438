import { Info } from 'lucide-react';
import { limits, SERVICES, type EmbedService } from '../../sync/iframe/services';

/** Names the service whose player this is, and its limits. */
export function EmbedNote({ service }: { service: EmbedService }) {
  return (
    <details className="group/note px-2 pb-1 text-xs text-white/75">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-full py-0.5 font-medium hover:text-white">
        <Info size={14} aria-hidden />
        Played by {SERVICES[service].name}: what to expect
      </summary>
      <EmbedLimits service={service} />
    </details>
  );
}

export function EmbedLimits({ service }: { service: EmbedService }) {
  return (
    <ul className="grid list-disc gap-0.5 py-1 pl-5">
      {limits(service).map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
