import { Button } from '../ui/Button';

/** Shown when a page itself broke. It uses nothing that may be broken too. */
export function Failure() {
  return (
    <main className="grid h-full place-items-center p-4 text-center">
      <div>
        <h1 className="text-2xl font-bold">This page broke</h1>
        <p className="mt-2 mb-6 text-soft">Nothing in the room is lost. Reload to go on.</p>
        <Button look="lit" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    </main>
  );
}
