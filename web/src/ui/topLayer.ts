// The top layer shows what was opened last in front. An element in full screen is part of it: it would cover each dialog,
// menu and toast that was open before, and with a dialog the keyboard.

/** Call once. Brings what is open in front of an element that enters full screen. */
export function keepInFront(): void {
  document.addEventListener('fullscreenchange', () => {
    if (document.fullscreenElement) raiseOpened();
  });
}

function raiseOpened(): void {
  const focused = document.activeElement;
  // In the order of the document, which is the order in which they are opened: a menu in a dialog, the toasts last.
  for (const element of document.querySelectorAll<HTMLElement>(':modal:not(:fullscreen), :popover-open')) {
    if (element instanceof HTMLDialogElement) {
      element.close();
      element.showModal();
    } else {
      element.hidePopover();
      element.showPopover();
    }
  }
  if (focused instanceof HTMLElement) focused.focus();
}
