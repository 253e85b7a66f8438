// Places a box beside the button that opened it, in the top layer: no scroller clips it.
import { type RefObject, useLayoutEffect } from 'react';

const GAP_PX = 8;

/** Below the button, above where there is more room, inside the window always. */
export function placeBeside(box: HTMLElement, button: HTMLElement, place: 'start' | 'end'): void {
  const anchor = button.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  const below = innerHeight - anchor.bottom;
  const above = below < box.scrollHeight + GAP_PX * 2 && anchor.top > below;
  const room = (above ? anchor.top : below) - GAP_PX * 2;
  const left = place === 'end' ? anchor.right - box.offsetWidth : anchor.left;
  box.style.maxHeight = `${room}px`;
  box.style.left = `${Math.max(GAP_PX, Math.min(left, innerWidth - box.offsetWidth - GAP_PX))}px`;
  box.style.top = above ? 'auto' : `${anchor.bottom + GAP_PX}px`;
  box.style.bottom = above ? `${innerHeight - anchor.top + GAP_PX}px` : 'auto';
}

/** Opens the box while `open`, and closes it on a press or a focus elsewhere. */
export function useFloating(
  box: RefObject<HTMLElement | null>,
  button: RefObject<HTMLElement | null>,
  { open, place, onClose }: { open: boolean; place: 'start' | 'end'; onClose: () => void },
): void {
  useLayoutEffect(() => {
    const element = box.current;
    const opener = button.current;
    if (!open || !element || !opener) return;
    element.showPopover?.();
    const put = () => placeBeside(element, opener, place);
    put();
    // What the box shows may load after it opens.
    const sizes = new ResizeObserver(put);
    sizes.observe(element);
    const outside = (event: Event) => {
      if (event.target instanceof Node && !element.contains(event.target) && !opener.contains(event.target)) onClose();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    window.addEventListener('resize', put);
    return () => {
      sizes.disconnect();
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      window.removeEventListener('resize', put);
    };
  }, [box, button, open, place, onClose]);
}
