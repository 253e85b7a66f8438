// The settings of a room, which are saved one by one.

/** @typedef {import('playwright-core').Page} Page */

/** Waits until a change of the settings is stored. @param {Page} page */
export async function saved(page) {
  await page.getByText('Saved, everyone sees it now').waitFor();
}

/** Types into a field of the settings, which is saved when it is left. @param {Page} page @param {string} label @param {string} text */
export async function setSetting(page, label, text) {
  await page.getByLabel(label, { exact: true }).fill(text);
  await page.keyboard.press('Tab');
  await saved(page);
}
