// The settings of a room, which are saved one by one.

/** @typedef {import('playwright-core').Page} Page */

/** Waits until a change of the settings is stored. @param {Page} page */
export async function saved(page) {
  await page.getByText('Saved, everyone sees it now').waitFor();
}

/**
 * Types into a field of the settings, which is saved when it is left, and waits until it is stored, or until the field says
 * why it is not.
 * @param {Page} page @param {string} label @param {string} text @param {string} [fault]
 */
export async function setSetting(page, label, text, fault) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(text);
  // The Tab key would stay in a field for a time, which has several parts.
  await field.blur();
  if (fault) await page.getByRole('alert').getByText(fault).waitFor();
  else await saved(page);
}
