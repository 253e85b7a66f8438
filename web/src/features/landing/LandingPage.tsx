import { useEffect, useState } from 'react';
import { CreateRoom } from './CreateRoom';
import { Discovery } from './Discovery';
import { MyRooms } from './MyRooms';
import { Scene } from './Scene';
import { WatchForm } from './WatchForm';

export function LandingPage() {
  const [creating, setCreating] = useState(false);
  useEffect(() => {
    document.title = 'SyncWatch – watch together';
  }, []);
  return (
    <>
      <main className="mx-auto w-full max-w-[1328px] grow px-5 pb-16 md:px-8">
        <section className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-16 gap-y-12 pt-10 pb-16 lg:min-h-[min(72dvh,40rem)] lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] lg:py-10">
          <div>
            <h1 className="text-hero text-balance">Watch it together. On&nbsp;the same frame.</h1>
            <p className="mt-5 mb-7 max-w-lg text-[17px] leading-normal text-soft">
              Paste a link, send the invite, press play. Everyone sees the same picture at the same moment, wherever
              they are. No account needed.
            </p>
            <WatchForm onCreate={() => setCreating(true)} />
          </div>
          <Scene />
        </section>
        <MyRooms />
        <Discovery onCreate={() => setCreating(true)} />
      </main>
      <footer className="mx-auto flex w-full max-w-[1328px] gap-4 px-5 py-6 text-label text-faint md:px-8">
        <a href="/api-docs/" className="hover:text-ink">
          API
        </a>
      </footer>
      {creating && <CreateRoom onClose={() => setCreating(false)} />}
    </>
  );
}
