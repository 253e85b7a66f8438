// The frame that a player of another site lives in, and the only way to it: messages to its origin, and messages that
// come from this very frame and this very origin. Whatever else arrives is not looked at.

export interface Channel {
  post(message: unknown): void;
  /** The person has been in the frame last: what it does unasked is their doing. */
  hasFocus(): boolean;
  close(): void;
}

export interface Opening {
  address: string;
  /** Of the frame, for who does not see it. */
  title: string;
  origin: string;
  /** A page has come into the frame; before that nobody is there to be spoken to. */
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
    // Its scripts and its sign-in are its own; the page around it is not to be led away.
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-presentation');
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
