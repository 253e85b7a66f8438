import { lazy, Suspense } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { AccountPage } from '../features/account/AccountPage';
import { LandingPage } from '../features/landing/LandingPage';
import { Spinner } from '../ui/Spinner';
import { Toasts } from '../ui/Toasts';
import { Failure } from './Failure';
import { NotFound } from './NotFound';

const RoomPage = lazy(() => import('../features/room/RoomPage'));

const router = createBrowserRouter([
  {
    errorElement: <Failure />,
    children: [
      { path: '/', element: <LandingPage /> },
      { path: '/sign-in', element: <AccountPage key="in" mode="in" /> },
      { path: '/sign-up', element: <AccountPage key="up" mode="up" /> },
      { path: '/r/:code', element: <RoomPage /> },
      { path: '*', element: <NotFound /> },
    ],
  },
]);

export function App() {
  return (
    <>
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
