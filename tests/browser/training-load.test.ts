import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, signInAt } from '../support/browser.ts';
import { createTeam, join, linkSimulated, register, share, withdraw, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const since = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);

let browser: Browser;
let page: Page;
let world: World;
let athlete: Person;
let coach: Person;
let teamId: string;
const complaints: string[] = [];

/** Nobody is nudged at night: an athlete for whom it is day now. */
function zoneByDay(): string {
  const hourIn = (timeZone: string): number =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(new Date()));
  const zones = ['Europe/Helsinki', 'America/Los_Angeles', 'Asia/Tokyo'];
  return zones.find((zone) => hourIn(zone) >= 8 && hourIn(zone) < 20) ?? 'Europe/Helsinki';
}

beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), createWorld()]);
  [coach, athlete] = await Promise.all([register(world, 'COACH'), register(world, 'ATHLETE', zoneByDay())]);
  teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: ['SLEEP', 'TRAINING'], since });
  await linkSimulated(world, { athlete, key: 'sam' });
  await world.ask('mutation { updateProfile(input: { sex: MALE, maxHr: 185, restHr: 52 }) { id } }', {}, athlete.token);
  await until(
    'a sleep debt',
    async () => {
      const { viewer } = await world.ask<{ viewer: { athlete: { sleepDebt: { debtMin: number | null } } } }>(
        '{ viewer { athlete { sleepDebt { debtMin } } } }',
        {},
        athlete.token,
      );
      return (viewer.athlete.sleepDebt.debtMin ?? 0) >= 480;
    },
    90_000,
  );
  page = await openPage({ browser, complaints });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

const signIn = (person: Person) => signInAt(world.urls.dashboard, { page, person });

const loadChart = () => page.getByRole('region', { name: 'Training load' });

describe('the athlete’s today', () => {
  it('offers a bedtime and one suggestion, and keeps the answer', async () => {
    await signIn(athlete);
    const debt = page.getByRole('region', { name: 'Sleep debt' });
    await debt.getByText(/^To bed tonight at \d\d:\d\d$/).waitFor();
    await debt.getByText(/nap of 20 to 30 minutes/).waitFor();
    await debt.getByRole('button', { name: 'I will try' }).click();
    await debt.getByText('You said you will try.').waitFor();
    await page.reload();
    await debt.getByText('You said you will try.').waitFor();
    expect(await debt.getByRole('button').count()).toBe(0);
  });

  it('says that sessions without a heart rate have no load, rather than drawing zeros', async () => {
    await loadChart().getByText('There are sessions, but nothing to reckon their load with').waitFor();
  });

  it('draws load, rest days and unknown days each in their own way, with a table that says the same', async () => {
    await world.database.query('update health_data.workout set average_heart_rate_bpm = 140');
    await world.database.query(
      `update health_data.workout w set average_heart_rate_bpm = null
        where started_at = (select max(started_at) from health_data.workout where started_at < now() - interval '8 days')`,
    );
    await page.reload();
    await loadChart().locator('rect.bar-load').nth(5).waitFor();
    expect(await loadChart().locator('.chart-frame circle.rest').count()).toBeGreaterThan(0);
    await loadChart().getByText('Training load as a table').click();
    const cells = await loadChart().locator('tbody tr td:nth-of-type(1)').allTextContents();
    expect(cells.filter((words) => words === 'unknown')).toHaveLength(1);
    expect(cells).toContain('rest, 0');
    expect(await page.locator('main').textContent()).not.toMatch(/injur|overtrain|sweet spot|danger|risk/i);
  });

  it('is not what a coach without TRAINING sees', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(coach);
    await page
      .getByRole('link', { name: /Person/ })
      .first()
      .click();
    await loadChart().locator('svg').first().waitFor();
    await withdraw(world, { athlete, teamId, signal: 'TRAINING' });
    await page.reload();
    await loadChart().getByText('not shared by the athlete').waitFor();
    expect(await loadChart().locator('.chart-frame').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
