import { Button } from '../ui/Button';

/** Shown when rendering a page throws. It is as simple as possible, so that it does not throw, too. */
export function Failure() {
  return (
    <main className="grid h-full place-items-center p-4 text-center">
      <div>
        <h1 className="text-title">Something went wrong</h1>
        <p className="mt-2 mb-6 text-soft">
          This page ran into an error. Your room is still there: reload to go back to it.
        </p>
        <Button look="lit" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    </main>
  );
}
