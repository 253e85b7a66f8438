import type { ChatReportJson } from '../../api/gen/syncwatch/room/v1/moderation_pb';
import { useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/States';
import { SideView } from './SideView';

/** What people reported, for who looks after the chat. */
export function ReportsView({ onBack, onOpen }: { onBack: () => void; onOpen: (messageId: string) => void }) {
  const reports = useRoom(select.reports.open);
  return (
    <SideView title="Reports" onBack={onBack}>
      <div className="slim-scroll min-h-0 grow overflow-y-auto px-3 pb-3">
        {reports.length === 0 && <EmptyState title="No open reports">What people report stands here.</EmptyState>}
        <ul aria-label="Reports" className="grid gap-2">
          {reports.map((report) => (
            <Report key={report.id} report={report} onOpen={onOpen} />
          ))}
        </ul>
      </div>
    </SideView>
  );
}

function Report({ report, onOpen }: { report: ChatReportJson; onOpen: (messageId: string) => void }) {
  const { chatActions } = useRoomSession();
  const { id = '', messageId = '', authorId = '', authorName = '', text = '', reporterName = '', note = '' } = report;
  const decide = async (first: () => Promise<boolean>) => {
    if (await first()) await chatActions.closeReport(id);
  };
  return (
    <li className="held grid gap-1.5 p-3 text-small">
      <p className="text-body break-words">
        <b className="font-semibold">{authorName}:</b> {text}
      </p>
      <p className="text-soft">
        Reported by {reporterName}
        {note && `: “${note}”`}
      </p>
      <div className="flex flex-wrap gap-1.5">
        <Button size="sm" onClick={() => onOpen(messageId)}>
          Show its place
        </Button>
        <Button size="sm" look="danger" onClick={() => void decide(() => chatActions.remove(messageId))}>
          Delete message
        </Button>
        <Button size="sm" look="danger" onClick={() => void decide(() => chatActions.mute(authorId, 600))}>
          Mute 10 min
        </Button>
        <Button size="sm" look="quiet" onClick={() => void chatActions.closeReport(id)}>
          Nothing to do
        </Button>
      </div>
    </li>
  );
}
