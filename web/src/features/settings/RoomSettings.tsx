import { Check, Settings2 } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Notice } from '../../ui/Notice';
import { Spinner } from '../../ui/Spinner';
import { AboutTheRoom, RoomName } from './AboutTheRoom';
import { ChatRules } from './ChatRules';
import { HowItPlays } from './HowItPlays';
import { IfTheOwnerLeaves } from './IfTheOwnerLeaves';
import { TheList } from './TheList';
import { type RoomSettingsForm, useRoomSettings } from './useRoomSettings';
import { VoiceRules } from './VoiceRules';
import { WhoCanJoin } from './WhoCanJoin';
import { WhoControls } from './WhoControls';

/** The settings of the room as three questions, and what belongs to them. Each change is saved at once. */
export function RoomSettings({ onClose }: { onClose: () => void }) {
  const form = useRoomSettings();
  const [, setQuery] = useSearchParams();
  return (
    <Dialog title="Room settings" wide onClose={onClose} footer={<Outcome form={form} />}>
      <div className="grid gap-6">
        <RoomName form={form} />
        <WhoCanJoin form={form} />
        <WhoControls form={form} />
        <HowItPlays form={form} />
        <TheList form={form} />
        <IfTheOwnerLeaves form={form} />
        <ChatRules form={form} />
        <VoiceRules form={form} />
        <AboutTheRoom form={form} />
        <Button
          onClick={() => {
            onClose();
            setQuery({ manage: 'members' });
          }}
        >
          <Settings2 size={18} aria-hidden />
          Members, roles, invites and more
        </Button>
      </div>
    </Dialog>
  );
}

function Outcome({ form: { saving, saved, error } }: { form: RoomSettingsForm }) {
  if (error) return <Notice tone="bad">{error}</Notice>;
  return (
    <p role="status" className="flex min-h-6 items-center gap-2 text-small text-good">
      {saving ? (
        <span className="flex items-center gap-2 text-soft">
          <Spinner size={16} /> Saving …
        </span>
      ) : (
        (saved && (
          <>
            <Check size={16} aria-hidden /> Saved, everyone sees it now
          </>
        )) || <span className="text-soft">Each change is saved at once.</span>
      )}
    </p>
  );
}
