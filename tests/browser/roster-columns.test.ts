import type { Browser, Page } from 'playwright-core';
import { openBrowser, signInOn, stickingOut } from '../support/browser.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const ALL = ['Change', 'Why', 'Flags', 'HRV', 'Resting HR', 'Sleep', 'Load', 'Today', 'Data'];

let browser: Browser;
let morning: LowMorning;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, morning] = await Promise.all([
    openBrowser(),
    createLowMorning({ shares: ['HRV', 'RESTING_HEART_RATE', 'SLEEP'] }),
  ]);
  const context = await browser.newContext({ viewport: SIZES.desktop });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(morning.world.urls.dashboard);
  await signInOn(page, morning.coach);
  await page.getByTestId('roster-row').waitFor();
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
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${size}.png`, fullPage: true });
    expect([size, await stickingOut(page)]).toEqual([size, []]);
  }
  await page.setViewportSize(SIZES.desktop);
}

const headers = async (): Promise<string[]> =>
  (await page.getByRole('columnheader').allInnerTexts()).map((text) => text.split('\n')[0]?.trim() ?? '');
const box = (label: string) => page.getByRole('checkbox', { name: new RegExp(`^${label}\\b`) });
const cell = (name: string) => page.locator(`.cell-${name}`).first();

describe('the columns of the roster', () => {
  it('are few at first; the coach adds the rest, by keyboard alone', async () => {
    expect(await headers()).toEqual(['Athlete', 'Readiness', 'Change', 'Why', 'Flags', 'Sleep', 'Today', 'Data']);
    await page.getByRole('button', { name: 'Columns' }).focus();
    await page.keyboard.press('Enter');
    for (const label of ['HRV', 'Resting HR', 'Load']) {
      await box(label).focus();
      await page.keyboard.press('Space');
    }
    await page.keyboard.press('Escape');
    expect(await headers()).toEqual(['Athlete', 'Readiness', ...ALL]);
    await look('columns-all');
  });

  it('tell HRV by a word and fourteen nights, resting HR by the difference, and what is not shared by its lock', async () => {
    const spark = cell('hrv').getByRole('img');
    await spark.waitFor();
    expect(await spark.getAttribute('aria-label')).toMatch(
      /^\d+ nights: \d+ in the usual range, \d+ below, \d+ above$/,
    );
    expect(await cell('hrv').innerText()).toMatch(/below range|low last night|in range|above range/);
    expect(await cell('resting').innerText()).toMatch(/[+−]\d+ bpm|0 bpm/);
    expect(await cell('load').innerText()).toMatch(/not shared/);
    expect(await cell('sleep').innerText()).toMatch(/debt \d+:\d\d/);
  });

  it('are kept for this coach in this browser, and brought back to the usual ones', async () => {
    await page.getByRole('button', { name: 'Columns' }).click();
    for (const label of ['Why', 'Data']) await box(label).uncheck();
    await page.reload();
    await page.getByTestId('roster-row').waitFor();
    expect(await headers()).toEqual([
      'Athlete',
      'Readiness',
      ...ALL.filter((label) => label !== 'Why' && label !== 'Data'),
    ]);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('button', { name: 'The usual columns' }).click();
    await page.keyboard.press('Escape');
    expect(await headers()).toEqual(['Athlete', 'Readiness', 'Change', 'Why', 'Flags', 'Sleep', 'Today', 'Data']);
    await look('columns-usual');
  });

  it('complain of nothing', () => expect(complaints).toEqual([]));
});
