import { useEffect, useRef, useState } from 'react';
import { FilmChat } from '../../features/chat/FilmChat';
import { useAttention } from '../../features/chat/useAttention';
import { DeviceDialog } from '../../features/device/DeviceDialog';
import { InviteCard } from '../../features/invite/InviteCard';
import { Companion } from '../../features/player/Companion';
import { toggleFullscreen } from '../../features/player/fullscreen';
import { Stage } from '../../features/player/Stage';
import { toggleSound } from '../../features/player/toggleSound';
import { AddMedia } from '../../features/playlist/AddMedia';
import { QualityPanel } from '../../features/quality/QualityPanel';
import { RoomSettings } from '../../features/settings/RoomSettings';
import { HelpDialog } from '../../features/shortcuts/HelpDialog';
import { useShortcuts } from '../../features/shortcuts/useShortcuts';
import { RoomUploadButton, RoomUploads } from '../../features/uploads/RoomUploads';
import { useDevice } from '../../room/device';
import { useRoom, useRoomSession } from '../../room/hooks';
import { useLayout } from '../../room/layout';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { RoomToast } from '../../ui/RoomToast';
import { PHONE, SIDEWAYS, useMedia } from '../../ui/useMedia';
import { RoomPanel, type TabId } from './RoomPanel';
import { TopBar } from './TopBar';
import { type Over, useRoomMenu } from './useRoomMenu';
import { useRoomNews } from './useRoomNews';

/** The room: the film to the edges of the window, and the panel beside it, below it or over it. */
export function Room({ code, name }: { code: string; name: string }) {
  const session = useRoomSession();
  const shownName = useRoom(select.settings.name) ?? name;
  const watches = useDevice((state) => state.mode === 'watch');
  const { panel, setPanel } = useLayout();
  const phone = useMedia(PHONE);
  const sideways = useMedia(SIDEWAYS);
  /** On a phone on its side the chat floats over the film until the panel is opened. */
  const [opened, setOpened] = useState(false);
  const [tab, setTab] = useState<TabId>('chat');
  const [details, setDetails] = useState(false);
  const [over, setOver] = useState<Over | null>(null);
  const chatInput = useRef<HTMLTextAreaElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const news = useRoomNews();
  useAttention();

  const place = !watches ? 'alone' : phone ? 'below' : sideways ? 'over' : panel;
  const floats = place === 'over' && !opened;
  const panelShown = place === 'over' ? opened : place !== 'hidden';
  const togglePanel = () => {
    if (place === 'over') setOpened(!opened);
    else setPanel(panel === 'hidden' ? 'beside' : 'hidden');
  };
  const menu = useRoomMenu({
    onOpen: setOver,
    below: panel === 'below',
    onBelow: () => setPanel(panel === 'below' ? 'beside' : 'below'),
    details,
    onDetails: () => setDetails(!details),
  });

  useEffect(() => {
    document.title = `${shownName} – SyncWatch`;
  }, [shownName]);

  useShortcuts({
    toggleSound: () => toggleSound(session),
    toggleFullscreen: () => toggleFullscreen(stage.current),
    toggleTheatre: togglePanel,
    toggleHelp: () => setOver((shown) => (shown === 'help' ? null : 'help')),
    focusChat: () => {
      setTab('chat');
      if (place === 'hidden') setPanel('beside');
      requestAnimationFrame(() => chatInput.current?.focus());
    },
  });

  const top = <TopBar code={code} name={shownName} menu={menu} panelShown={panelShown} onPanel={togglePanel} />;
  return (
    <div
      data-floating={floats || undefined}
      className={cx(
        'min-h-dvh',
        !watches && 'mx-auto grid h-dvh max-w-3xl grid-rows-[auto_auto_minmax(0,1fr)] gap-3 p-3',
        watches &&
          place === 'beside' &&
          'grid h-dvh grid-cols-[minmax(0,1fr)_372px] gap-3 max-[1100px]:grid-cols-[minmax(0,1fr)_320px]',
        watches && phone && 'grid h-dvh grid-rows-[auto_minmax(0,1fr)]',
      )}
    >
      {!watches && <div className="over-video rounded-sheet px-2 py-1">{top}</div>}
      <main className="relative grid min-h-0 min-w-0">
        {watches ? (
          <Stage
            ref={stage}
            className={cx(
              'w-full min-w-0',
              phone ? 'aspect-video min-h-52 has-[section]:aspect-auto' : 'h-dvh',
              place === 'below' && !phone && 'h-[calc(100dvh-5.5rem)]!',
            )}
            top={top}
            news={news}
            overFilm={<FilmChat floating={place === 'hidden'} />}
            addMedia={<AddMedia upload={<RoomUploadButton />} />}
            inviteCard={<InviteCard code={code} />}
            figures={details && !phone ? <QualityPanel /> : null}
            details={details}
            onDetails={() => setDetails(!details)}
          />
        ) : (
          <div className="over-video grid gap-2 rounded-sheet">
            <Companion />
            <RoomToast news={news} inline />
          </div>
        )}
      </main>
      {place !== 'hidden' && (
        <RoomPanel tab={floats ? 'chat' : tab} onTab={setTab} place={place} floats={floats} chatInput={chatInput} />
      )}
      {details && phone && watches && (
        <Dialog title="Sync quality" wide onClose={() => setDetails(false)}>
          <QualityPanel />
        </Dialog>
      )}
      <RoomUploads />
      {over === 'help' && <HelpDialog onClose={() => setOver(null)} />}
      {over === 'settings' && <RoomSettings onClose={() => setOver(null)} />}
      {over === 'device' && <DeviceDialog onClose={() => setOver(null)} />}
    </div>
  );
}
