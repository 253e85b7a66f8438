import { useEffect } from 'react';
import { useNavigate, useParams } from 'react-router';
import { call } from '../../api/call';
import { InviteService } from '../../api/gen/services';
import { useLoaded } from '../../room/hooks';
import { Button } from '../../ui/Button';
import { Panel } from '../../ui/Panel';
import { Spinner } from '../../ui/Spinner';

/** Opens the room of an invite. */
export function InvitePage() {
  const { code = '' } = useParams();
  const navigate = useNavigate();
  const { data, error, reload } = useLoaded(code, (signal) => call(InviteService.getInvite, { code }, signal));
  const room = data?.roomCode;
  useEffect(() => {
    if (room) void navigate(`/r/${room}?invite=${encodeURIComponent(code)}`, { replace: true });
  }, [room, code, navigate]);
  useEffect(() => {
    document.title = 'Invite – SyncWatch';
  }, []);
  if (!error)
    return (
      <div className="grid grow place-items-center text-soft" role="status" aria-label="Opening the invite">
        <Spinner size={28} />
      </div>
    );
  return (
    <main className="grid grow place-items-center p-4">
      <Panel className="rise max-w-md p-8 text-center">
        <h1 className="text-2xl font-bold">This invite doesn’t work</h1>
        <p className="mt-3 text-soft">{error}</p>
        <div className="mt-6 flex flex-wrap justify-center gap-3">
          <Button onClick={reload}>Try again</Button>
          <Button look="lit" onClick={() => void navigate('/')}>
            Go to home page
          </Button>
        </div>
      </Panel>
    </main>
  );
}
