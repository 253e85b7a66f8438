import { EmptyState } from '../../../ui/States';
import { useWaiting } from '../useWaiting';
import { WaitingCards } from '../WaitingCards';

/** Who waits for a decision. The same cards stand above the people in the room. */
export function RequestsPage() {
  const { count } = useWaiting();
  if (count > 0) return <WaitingCards />;
  return (
    <EmptyState title="Nothing to decide">
      Who asks to come in, or to be allowed something, stands here and in the room under People.
    </EmptyState>
  );
}
