import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt } from '../support/browser.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';

let browser: Browser;
let morning: LowMorning;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, morning] = await Promise.all([openBrowser(), createLowMorning({ shares: ['HRV', 'SLEEP'] })]);
  page = await openPage({ browser, complaints, context: { acceptDownloads: true } });
  await signInAt(morning.world.urls.dashboard, { page, person: morning.coach });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await morning?.stop();
});

const look = (name: string) => lookAt(page, name, { isWhole: false });

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
  expect(complaints).toEqual([]);
});
