import { lazy, type ReactElement } from 'react';
import { AccountPage } from '../features/account/AccountPage';
import { InvitePage } from '../features/invite/InvitePage';
import { RemovedPage } from '../features/join/RemovedPage';
import { REMOVED_PATH } from '../features/join/removed';
import { JoinByCode } from '../features/landing/JoinByCode';
import { LandingPage } from '../features/landing/LandingPage';
import { Shell } from './Shell';

const RoomPage = lazy(() => import('./room/RoomPage'));
const LibraryPage = lazy(() => import('./LibraryPage'));
const MediaAdminPage = lazy(() => import('./MediaAdminPage'));

/** Every page by its path. The server answers other paths with 404; it knows these from `paths.json`. */
export const pages: Readonly<Record<string, ReactElement>> = {
  '/': (
    <Shell links={<JoinByCode />}>
      <LandingPage />
    </Shell>
  ),
  '/sign-in': (
    <Shell key="in">
      <AccountPage mode="in" />
    </Shell>
  ),
  '/sign-up': (
    <Shell key="up">
      <AccountPage mode="up" />
    </Shell>
  ),
  '/r/:code': <RoomPage />,
  '/i/:code': (
    <Shell key="invite">
      <InvitePage />
    </Shell>
  ),
  '/uploads': (
    <Shell key="uploads">
      <LibraryPage />
    </Shell>
  ),
  '/admin/uploads': (
    <Shell key="admin-uploads">
      <MediaAdminPage />
    </Shell>
  ),
  [REMOVED_PATH]: (
    <Shell key="removed">
      <RemovedPage />
    </Shell>
  ),
};
