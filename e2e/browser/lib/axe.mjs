// The rules of WCAG 2.2 that a program can check, by axe-core.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * Checks a page. Returns a line for each serious or critical violation, with its first element.
 * @param {import('playwright-core').Page} page without motion, since a text that fades in has less contrast
 * @returns {Promise<string[]>}
 */
export async function barriers(page) {
  // A value of its own: the library itself cannot be sent back.
  await page.evaluate(`${SOURCE}; true`);
  return page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: rules });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
  }, RULES);
}
