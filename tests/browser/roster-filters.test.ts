import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt, signInOn } from '../support/browser.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';
import { join, register, type Person } from '../support/people.ts';

/** Who shares: the second to be registered. */
const [NAME, SEARCH] = ['Person 2', 'son 2'];
const SAVE = 'mutation ($input: ScheduledSessionInput!) { saveScheduledSession(input: $input) { id } }';

let browser: Browser;
let morning: LowMorning;
/** Shares nothing. */
let withheld: Person;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, morning] = await Promise.all([
    openBrowser(),
    createLowMorning({ shares: ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'] }),
  ]);
  const { world, coach, athlete, teamId, today } = morning;
  withheld = await register(world, 'ATHLETE', 'UTC');
  await join(world, { coach, teamId, athlete: withheld });
  const input = { date: today, startTime: '23:59', title: 'Intervals', intensity: 'HIGH', minutes: 75, kind: 'NORMAL' };
  for (const each of [athlete, withheld]) await world.ask(SAVE, { input }, each.token);
  page = await openPage({ browser, complaints });
  await signInAt(world.urls.dashboard, { page, person: coach });
  await page.getByTestId('roster-row').nth(1).waitFor();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await morning?.stop();
});

const look = (name: string) => lookAt(page, name, { isWhole: false });

const names = () => page.getByTestId('roster-row').getByRole('rowheader').allInnerTexts();
const rowsAre = async (count: number): Promise<void> => {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('[data-testid=roster-row]').length === wanted,
    count,
  );
};
const query = (): string => new URL(page.url()).hash.split('?')[1] ?? '';
const queryIs = (wanted: string) => page.waitForFunction((q) => (location.hash.split('?')[1] ?? '') === q, wanted);
const panel = () => page.getByRole('dialog', { name: 'Filters' });
const openPanel = () => page.getByRole('button', { name: /^Filters/ }).click();
const notShared = () => page.getByTestId('not-shared');

describe('the filters of the roster', () => {
  it('narrow the table on the server; who withholds what is asked about is in no result and counted', async () => {
    await openPanel();
    await panel().getByLabel('A session').check();
    await rowsAre(1);
    expect(await names()).toEqual([expect.stringContaining(NAME)]);
    expect(await notShared().innerText()).toMatch(/^Not shared \(1\): one athlete is in no band and in no filter/);
    await panel().getByLabel('Open').check();
    await rowsAre(1);
    await look('filters-panel');
    await panel().getByRole('button', { name: 'Done' }).click();
    await queryIs('planned=session&suggestion=pending');
    await look('filters-chosen');
  });

  it('find nobody where nobody matches, and say so', async () => {
    await openPanel();
    await panel().getByLabel('Open').uncheck();
    await panel().getByLabel('A session').uncheck();
    await panel().getByLabel('A race').check();
    await page.keyboard.press('Escape');
    await page.getByText('No athlete matches the search and filters.').waitFor();
    expect(await notShared().innerText()).toContain('Not shared (1)');
    await page.getByRole('button', { name: 'Remove Planned: a race' }).click();
    await rowsAre(2);
    await queryIs('');
  });

  it('can be gone back to step by step, and forward', async () => {
    await page.getByRole('button', { name: 'Readiness', exact: false }).first().click();
    await queryIs('sort=readiness');
    await page.getByRole('button', { name: 'Readiness', exact: false }).first().click();
    await queryIs('sort=-readiness');
    await page.getByRole('button', { name: /Not shared$/ }).click();
    await rowsAre(1);
    await queryIs('sort=-readiness&band=not-shared');
    await page.goBack();
    await rowsAre(2);
    expect(await page.locator('th[aria-sort=descending]').innerText()).toContain('Readiness');
    await page.goBack();
    expect(query()).toBe('sort=readiness');
    await page.locator('th[aria-sort=ascending]').waitFor();
    await page.goForward();
    await page.locator('th[aria-sort=descending]').waitFor();
  });

  it('take nothing back when a word that was typed before is written after', async () => {
    await page.getByRole('searchbox').fill('son');
    await page.getByRole('columnheader', { name: 'Athlete' }).getByRole('button').click();
    await queryIs('sort=name&q=son');
    // Longer than the hand has to rest.
    await page.waitForTimeout(600);
    expect(query()).toBe('sort=name&q=son');
    await page.goto(`${page.url().split('?')[0]}?sort=-readiness`);
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('input[type=search]')?.value === '');
  });

  it('stand in the address with search and columns: whoever opens it sees the same table', async () => {
    await page.getByRole('searchbox').fill(SEARCH);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: /^HRV\b/ }).check();
    await page.getByRole('checkbox', { name: /^Why\b/ }).uncheck();
    await page.keyboard.press('Escape');
    await openPanel();
    await panel().getByLabel('All three signals').check();
    await page.keyboard.press('Escape');
    await queryIs('sort=-readiness&q=son+2&basis=complete&columns=change+flags+hrv+sleep+today+data');
    await rowsAre(1);
    await page.getByRole('columnheader', { name: /^HRV/ }).waitFor();
    const address = page.url();
    const headers = await page.getByRole('columnheader').allInnerTexts();
    expect(headers.join(' ')).toMatch(/HRV/);
    expect(headers.join(' ')).not.toMatch(/Why/);

    // Elsewhere in between, and another choice of columns that this browser keeps.
    await page.getByRole('link', { name: 'Team' }).click();
    await queryIs('');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('button', { name: 'The usual columns' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: /^Why/ }).waitFor();

    const other = await page.context().newPage();
    other.setDefaultTimeout(10_000);
    await other.goto(address);
    await signInOn(other, morning.coach);
    await other.getByTestId('roster-row').waitFor();
    await other.waitForFunction(() => document.querySelectorAll('[data-testid=roster-row]').length === 1);
    expect(await other.getByRole('columnheader').allInnerTexts()).toEqual(headers);
    expect(await other.getByRole('searchbox').inputValue()).toBe(SEARCH);
    await other.getByRole('button', { name: /^Remove Score of: all three signals/ }).waitFor();
    await other.close();
  });

  it('take back a change of columns too, and keep the table for whoever comes back from an athlete', async () => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: /^Load\b/ }).check();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: /^Load/ }).waitFor();
    await page.goBack();
    await page.getByRole('columnheader', { name: /^Load/ }).waitFor({ state: 'detached' });
    await page.goForward();
    await page.getByRole('columnheader', { name: /^Load/ }).getByRole('button').click();
    const before = query();
    expect(before).toContain('sort=load');
    await page.getByRole('link', { name: NAME }).click();
    await page.getByRole('link', { name: '← Team' }).click();
    await queryIs(before);
    await page.locator('th[aria-sort=ascending]', { hasText: 'Load' }).waitFor();
  });

  it('are what is exported', async () => {
    await page.goto(`${page.url().split('?')[0]}?planned=session`);
    await rowsAre(1);
    await page.getByRole('button', { name: 'Export' }).click();
    expect(await page.getByRole('dialog', { name: 'Export as CSV' }).innerText()).toContain(
      'athletes who match the filters',
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(NAME);
  });

  it('complain of nothing', () => expect(complaints).toEqual([]));
});
