import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, signInOn, stickingOut } from '../support/browser.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let browser: Browser;
let morning: LowMorning;
let page: Page;

beforeAll(async () => {
  [browser, morning] = await Promise.all([openBrowser(), createLowMorning({ shares: ['HRV', 'SLEEP'] })]);
  const context = await browser.newContext({ viewport: SIZES.desktop, acceptDownloads: true });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  await page.goto(morning.world.urls.dashboard);
  await signInOn(page, morning.coach);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await morning?.stop();
});

/** For a person to look at: SCREENSHOTS names a folder. And nothing is wider than the screen, at any size. */
async function look(name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    const folder = process.env['SCREENSHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${size}.png` });
    expect([size, await stickingOut(page)]).toEqual([size, []]);
  }
  await page.setViewportSize(SIZES.desktop);
}

test('a coach exports the roster, and is told before that a file cannot be called back', async () => {
  await page.getByTestId('roster').getByRole('row').nth(1).waitFor();
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByTestId('export-warning').textContent()).toContain('A file cannot be called back.');
  await dialog.getByLabel('7 days').check();
  await look('export');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^readiness-\d{4}-\d\d-\d\d\.csv$/);
  const text = readFileSync(await download.path(), 'utf8');
  expect(text.startsWith('\uFEFFteam,athlete_id,name,')).toBe(true);
  expect(text.trimEnd().split('\r\n')).toHaveLength(8);
  await dialog.getByRole('status').waitFor();
  await look('exported');
});
