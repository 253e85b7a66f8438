import { Gauge, Link2, UsersRound } from 'lucide-react';
import { useEffect } from 'react';
import { CreateRoom } from './CreateRoom';
import { JoinByCode } from './JoinByCode';
import { PublicRooms } from './PublicRooms';

const POINTS = [
  { icon: Link2, title: 'Paste a link', text: 'YouTube, Vimeo, mp4, webm or HLS. Or try the test film.' },
  {
    icon: UsersRound,
    title: 'Send the invite',
    text: 'Anyone who opens it enters a name and joins. No account needed.',
  },
  { icon: Gauge, title: 'Stay in sync', text: 'You stay within milliseconds of each other, and can see how close.' },
];

export function LandingPage() {
  useEffect(() => {
    document.title = 'SyncWatch – watch together';
  }, []);
  return (
    <>
      <main className="mx-auto w-full max-w-6xl grow px-4 pb-16">
        <section className="grid items-center gap-10 py-10 sm:py-16 lg:grid-cols-[1.15fr_1fr]">
          <div>
            <h1 className="text-4xl leading-[1.08] font-extrabold sm:text-6xl">
              Watch the same video{' '}
              <span className="bg-linear-to-r from-accent to-accent-2 bg-clip-text text-transparent">
                at the same moment
              </span>
            </h1>
            <p className="mt-5 max-w-xl text-lg text-soft">
              Create a room, paste a link, send the invite. In seconds everyone is on the same frame, wherever they are.
            </p>
            <ul className="mt-8 grid gap-5 sm:grid-cols-3">
              {POINTS.map(({ icon: Icon, title, text }) => (
                <li key={title}>
                  <Icon size={22} className="text-accent" aria-hidden />
                  <h2 className="mt-2 font-bold">{title}</h2>
                  <p className="mt-1 text-sm text-soft">{text}</p>
                </li>
              ))}
            </ul>
          </div>
          <div className="glass rise rounded-3xl p-6 sm:p-8">
            <CreateRoom />
            <div className="my-6 flex items-center gap-3 text-sm text-faint">
              <span className="h-px grow bg-edge" />
              or join a room
              <span className="h-px grow bg-edge" />
            </div>
            <JoinByCode />
          </div>
        </section>
        <PublicRooms />
      </main>
      <footer className="mx-auto flex w-full max-w-6xl gap-4 px-4 py-6 text-sm text-faint">
        <a href="/api-docs/" className="hover:text-ink">
          API
        </a>
      </footer>
    </>
  );
}
