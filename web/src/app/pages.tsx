import { lazy, type ReactElement } from 'react';
import { AccountPage } from '../features/account/AccountPage';
import { LandingPage } from '../features/landing/LandingPage';

const RoomPage = lazy(() => import('../features/room/RoomPage'));

/** Every page by its path. The server answers other paths with 404; it knows these from `paths.json`. */
export const pages: Readonly<Record<string, ReactElement>> = {
  '/': <LandingPage />,
  '/sign-in': <AccountPage key="in" mode="in" />,
  '/sign-up': <AccountPage key="up" mode="up" />,
  '/r/:code': <RoomPage />,
};
