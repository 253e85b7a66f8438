import { ChevronDown, Lock, LockOpen } from 'lucide-react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import type { Privacy } from './engine/e2ee/encryption';
import { privacyWords } from './words';

/** Whether the media server could listen, and what the sign does not promise. */
export function PrivacySign({ privacy }: { privacy: Privacy }) {
  const participants = useRoom(select.voice.participants);
  const myId = useRoom(select.access.mySubjectId);
  const { sign, meaning } = privacyWords(privacy, (id) => {
    const one = participants.find(({ sessionId }) => sessionId === id);
    return one && one.subjectId !== myId ? (one.displayName ?? '') : '';
  });
  const Icon = privacy.kind === 'server' ? LockOpen : Lock;
  return (
    <details className="group px-1 text-small text-faint">
      <summary className="flex min-h-6 cursor-pointer items-center gap-1.5 touch:min-h-target">
        <Icon size={13} aria-hidden className="shrink-0" />
        {sign}
        <ChevronDown size={13} aria-hidden className="shrink-0 transition group-open:rotate-180" />
      </summary>
      <p className="pt-1 pb-0.5">{meaning}</p>
    </details>
  );
}
