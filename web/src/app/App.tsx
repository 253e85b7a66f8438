import { Suspense } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { Ambient } from '../ui/Ambient';
import { Spinner } from '../ui/Spinner';
import { Toasts } from '../ui/Toasts';
import { Failure } from './Failure';
import { NotFound } from './NotFound';
import { pages } from './pages';

const router = createBrowserRouter([
  {
    errorElement: <Failure />,
    children: [
      ...Object.entries(pages).map(([path, element]) => ({ path, element })),
      { path: '*', element: <NotFound /> },
    ],
  },
]);

export function App() {
  return (
    <>
      <Ambient />
      <Suspense fallback={<Waiting />}>
        <RouterProvider router={router} />
      </Suspense>
      <Toasts />
    </>
  );
}

function Waiting() {
  return (
    <div className="grid h-full place-items-center text-soft" role="status" aria-label="Loading">
      <Spinner size={28} />
    </div>
  );
}
