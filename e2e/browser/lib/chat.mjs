// What people see of the chat.

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
export function log(page) {
  return page.getByRole('log', { name: 'Chat' });
}

/** @param {Page} page */
export function field(page) {
  return page.getByRole('textbox', { name: 'Message', exact: true });
}

/**
 * The row of the first message with a text; replies quote it further down. The text alone counts: a guest may be called
 * Merry Otter.
 * @param {Page} page @param {string} text
 */
export function row(page, text) {
  const said = page.locator('p.text-body', { hasText: text });
  return log(page).getByRole('article').filter({ has: said }).first();
}

/** Opens the menu of a message and chooses. @param {Page} page @param {string} text @param {string} what */
export async function choose(page, text, what) {
  await row(page, text).hover();
  await row(page, text).getByRole('button', { name: 'Message options' }).click();
  await page.getByRole('menuitem', { name: what, exact: true }).click();
}

/** Scrolls from the end of the list to its beginning and collects every line of text. @param {Page} page */
export async function readAll(page) {
  /** @type {Map<string, string>} */
  const lines = new Map();
  for (;;) {
    const { seen, isDone } = await log(page).evaluate(async (element) => {
      const rows = [...element.querySelectorAll('[data-key]')].map((one) => [
        /** @type {HTMLElement} */ (one).dataset['key'] ?? '',
        [...one.querySelectorAll('p')].at(-1)?.textContent ?? '',
      ]);
      const before = element.scrollTop;
      element.scrollTop -= element.clientHeight * 0.7;
      // The list draws in the frame after its scroll event.
      for (let frame = 0; frame < 3; frame += 1) await new Promise((next) => requestAnimationFrame(() => next(0)));
      const isBusy = element.querySelector('[aria-busy=true]') !== null;
      return { seen: rows, isDone: before === 0 && element.scrollTop === 0 && !isBusy };
    });
    for (const [key, text] of seen) lines.set(key, text);
    if (isDone) break;
  }
  return [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
}

/** Number of messages in the document. @param {Page} page */
export function rowCount(page) {
  return log(page).locator('[data-key]').count();
}

/** Lets the page believe that its tab is hidden, or shown again. @param {Page} page @param {boolean} isHidden */
export async function hideTab(page, isHidden) {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

/**
 * Watches for an element with a text that may be gone again before a test looks. Returns a function that waits until it
 * was there, and tells what it was like.
 * @param {Page} page @param {string} selector @param {string} text
 * @returns {Promise<() => Promise<{ animations: number, takesPresses: boolean, bottom: number }>>}
 */
export async function witness(page, selector, text) {
  await page.evaluate(
    ([sought, words]) => {
      const look = () => {
        for (const element of document.querySelectorAll(sought)) {
          if (!element.textContent?.includes(words) || document.body.dataset['witnessed']) continue;
          document.body.dataset['witnessed'] = JSON.stringify({
            animations: element.getAnimations().length,
            takesPresses: getComputedStyle(element).pointerEvents !== 'none',
            bottom: element.getBoundingClientRect().bottom / innerHeight,
          });
        }
      };
      // Elements are given their place and their motion right after they were added.
      new MutationObserver(() => queueMicrotask(look)).observe(document.body, { childList: true, subtree: true });
    },
    [selector, text],
  );
  return async () => {
    const seen = await page.waitForFunction(() => document.body.dataset['witnessed']);
    return JSON.parse((await seen.jsonValue()) ?? '{}');
  };
}
