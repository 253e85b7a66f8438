import {
  CircleQuestionMark,
  FolderUp,
  Gauge,
  LogIn,
  LogOut,
  MonitorSmartphone,
  Moon,
  PanelBottom,
  Settings2,
  SlidersHorizontal,
  Sun,
} from 'lucide-react';
import { useNavigate, useSearchParams } from 'react-router';
import { useStore } from 'zustand';
import { signOut } from '../../api/account';
import { explain } from '../../api/errors';
import { sessionStore } from '../../api/session';
import { useMay } from '../../room/hooks';
import type { MenuItem } from '../../ui/Menu';
import { toggleTheme, useTheme } from '../../ui/theme';
import { notify } from '../../ui/toasts';

/** What a room opens over itself. */
export type Over = 'help' | 'settings' | 'device';

interface Acts {
  onOpen: (what: Over) => void;
  below: boolean;
  onBelow: () => void;
  details: boolean;
  onDetails: () => void;
}

/** The entries of the room's More menu. */
export function useRoomMenu({ onOpen, below, onBelow, details, onDetails }: Acts): readonly MenuItem[] {
  const navigate = useNavigate();
  const [, setQuery] = useSearchParams();
  const mayManage = useMay('PERMISSION_MANAGE_SETTINGS');
  const theme = useTheme((state) => state.theme);
  const session = useStore(sessionStore, (state) => state.session);
  const next = `?next=${encodeURIComponent(location.pathname)}`;
  const items: MenuItem[] = [];
  if (mayManage)
    items.push({
      label: 'Room settings',
      icon: <SlidersHorizontal size={18} aria-hidden />,
      onSelect: () => onOpen('settings'),
    });
  items.push({
    label: 'Manage the room',
    icon: <Settings2 size={18} aria-hidden />,
    onSelect: () => setQuery({ manage: 'members' }),
  });
  items.push(
    { label: 'This device', icon: <MonitorSmartphone size={18} aria-hidden />, onSelect: () => onOpen('device') },
    { label: 'Keyboard shortcuts', icon: <CircleQuestionMark size={18} aria-hidden />, onSelect: () => onOpen('help') },
    {
      label: 'Sync figures',
      icon: <Gauge size={18} aria-hidden />,
      checked: details,
      onSelect: onDetails,
      apart: true,
    },
    {
      label: 'Panel below the film',
      icon: <PanelBottom size={18} aria-hidden />,
      checked: below,
      onSelect: onBelow,
    },
    {
      label: theme === 'dark' ? 'Light theme' : 'Dark theme',
      icon: theme === 'dark' ? <Sun size={18} aria-hidden /> : <Moon size={18} aria-hidden />,
      onSelect: toggleTheme,
    },
  );
  items.push({
    label: 'Your uploads',
    hint: 'Leaves the room; what is being sent goes on',
    icon: <FolderUp size={18} aria-hidden />,
    onSelect: () => void navigate('/uploads'),
    apart: true,
  });
  if (!session || session.guest)
    items.push({
      label: 'Sign in',
      icon: <LogIn size={18} aria-hidden />,
      onSelect: () => void navigate(`/sign-in${next}`),
    });
  else
    items.push({
      label: 'Sign out',
      hint: session.displayName,
      icon: <LogOut size={18} aria-hidden />,
      onSelect: () => void signOut().catch((error: unknown) => notify(explain(error))),
    });
  return items;
}
