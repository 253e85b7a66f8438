// The frame with a player of another site. Messages go to the player's origin only, and only messages from this frame
// and this origin are read.

export interface Channel {
  post(message: unknown): void;
  /** The frame has the focus: what the player does without a command is the person's action. */
  hasFocus(): boolean;
  close(): void;
}

export interface Opening {
  address: string;
  /** Title of the frame, for screen readers. */
  title: string;
  origin: string;
  /** The page in the frame is loaded; messages before that are lost. */
  arrived: () => void;
  heard: (message: unknown) => void;
}

export type OpenChannel = (opening: Opening) => Channel;

/** Opens players in an element of this page. */
export function framesIn(host: HTMLElement): OpenChannel {
  return ({ address, title, origin, arrived, heard }) => {
    const page = host.ownerDocument;
    const view = page.defaultView;
    // oxlint-disable-next-line react/iframe-missing-sandbox -- set two lines on, with what these players need
    const frame = page.createElement('iframe');
    frame.title = title;
    // The player may run its scripts and use its cookies, but may not navigate this page.
    frame.setAttribute(
      'sandbox',
      'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-presentation',
    );
    frame.allow = 'autoplay; encrypted-media; picture-in-picture';
    // This page sends no referrer otherwise; YouTube refuses to play without one. Across origins it is the bare origin.
    frame.referrerPolicy = 'strict-origin-when-cross-origin';
    frame.className = 'absolute inset-0 size-full border-0';
    const listen = (event: MessageEvent<unknown>) => {
      if (event.origin !== origin || event.source === null || event.source !== frame.contentWindow) return;
      heard(event.data);
    };
    view?.addEventListener('message', listen);
    frame.addEventListener('load', arrived);
    frame.src = address;
    host.append(frame);
    return {
      post: (message) => frame.contentWindow?.postMessage(message, origin),
      hasFocus: () => page.activeElement === frame,
      close: () => {
        view?.removeEventListener('message', listen);
        frame.removeEventListener('load', arrived);
        frame.remove();
      },
    };
  };
}
