import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt } from '../support/browser.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';
import { eventually } from '../support/wait.ts';

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
  page = await openPage({ browser, complaints });
  await signInAt(morning.world.urls.dashboard, { page, person: morning.coach });
  await page.getByTestId('roster-row').waitFor();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await morning?.stop();
});

const look = (name: string) => lookAt(page, name);

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
      await eventually(async () => expect(await box(label).isChecked()).toBe(true));
    }
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await headers()).toEqual(['Athlete', 'Readiness', ...ALL]));
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
    await eventually(async () =>
      expect(await headers()).toEqual(['Athlete', 'Readiness', 'Change', 'Why', 'Flags', 'Sleep', 'Today', 'Data']),
    );
    await look('columns-usual');
  });

  it('complain of nothing', () => expect(complaints).toEqual([]));
});
