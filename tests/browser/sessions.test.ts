import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt } from '../support/browser.ts';
import { createTeam, join, register, share, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const today = new Date().toISOString().slice(0, 10);
const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 26 * 3_600_000;
const at = (offsetS: number): string => new Date(startMs + offsetS * 1000).toISOString();

let browser: Browser;
let page: Page;
let world: World;
let coach: Person;
let athlete: Person;
const complaints: string[] = [];

/** Eight kilometres, faster and harder towards the end, with a beat each ten seconds. */
const KILOMETRES_S = [342, 336, 333, 329, 331, 322, 315, 301];
const END_S = KILOMETRES_S.reduce((sum, seconds) => sum + seconds, 0);
const bpmAt = (offsetS: number): number =>
  Math.round(112 + 58 * (1 - Math.exp(-offsetS / 420)) + (10 * offsetS) / END_S + 3 * Math.sin(offsetS / 37));

function upload(): object {
  const beats = Array.from({ length: Math.floor(END_S / 10) }, (_, index) => index * 10);
  let offsetS = 0;
  const laps = KILOMETRES_S.map((seconds) => {
    const startDate = at(offsetS);
    offsetS += seconds;
    const values = [
      { type: 'distance', unit: 'm', value: 1000 },
      { type: 'averageHeartRate', unit: 'bpm', value: bpmAt(offsetS - seconds / 2) },
    ];
    return { startDate, endDate: at(offsetS), values };
  });
  return {
    provider: 'apple',
    sdkVersion: '1.0.0',
    timeZone: 'Europe/Helsinki',
    data: {
      records: beats.map((beatS, index) => ({
        id: `beat-${index}`,
        type: 'HKQuantityTypeIdentifierHeartRate',
        unit: 'count/min',
        value: bpmAt(beatS),
        startDate: at(beatS),
        endDate: at(beatS),
      })),
      sleep: [],
      workouts: [
        {
          id: 'run',
          type: 'running',
          startDate: at(0),
          endDate: at(END_S),
          values: [
            { type: 'distance', unit: 'm', value: 8000 },
            { type: 'averageHeartRate', unit: 'bpm', value: 164 },
            { type: 'maxHeartRate', unit: 'bpm', value: 183 },
            { type: 'elevationAscended', unit: 'm', value: 62 },
            { type: 'activeEnergyBurned', unit: 'kcal', value: 590 },
          ],
          laps,
        },
        ...[2, 4, 7].map((days) => ({
          id: `ride-${days}`,
          type: days === 4 ? 'yoga' : 'cycling',
          startDate: at(-days * 86_400),
          endDate: at(-days * 86_400 + 3900),
          values: days === 4 ? [] : [{ type: 'distance', unit: 'km', value: 28.4 + days }],
        })),
      ],
    },
  };
}

beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), createWorld()]);
  [coach, athlete] = await Promise.all([register(world, 'COACH'), register(world, 'ATHLETE')]);
  const teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: ['TRAINING'], since: '2026-01-01' });
  const answer = await fetch(world.urls.webhooks.replace('/webhooks', '/uploads/apple-health'), {
    method: 'POST',
    headers: { authorization: `Bearer ${athlete.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(upload()),
  });
  expect(answer.status).toBe(202);
  await until('the run to be there', async () => {
    const { viewer } = await world.ask<{ viewer: { athlete: { workouts: { totalCount: number } } } }>(
      `{ viewer { athlete { workouts(from: "${at(-864_000)}", to: "${today}T23:59:59Z") { totalCount } } } }`,
      {},
      athlete.token,
    );
    return viewer.athlete.workouts.totalCount === 4;
  });
  page = await openPage({ browser, complaints });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

const signIn = (person: Person) => signInAt(world.urls.dashboard, { page, person });

const run = () => page.locator('.session').first();

/** A picture for whoever looks at the page: only where a folder is named. */

describe('sessions', () => {
  it('are listed for the athlete, newest first, in the sport’s own words', async () => {
    await signIn(athlete);
    await run().waitFor();
    expect(await page.locator('.session-sport').allTextContents()).toEqual(['Run', 'Ride', 'Mobility', 'Ride']);
    expect(await run().locator('summary').textContent()).toMatch(/8\.00 km.*164 bpm/);
  });

  it('show their heart rate and their splits when they are opened', async () => {
    await run().locator('summary').click();
    await run().locator('.session-chart .line').waitFor();
    expect(await run().locator('.session-chart svg').getAttribute('aria-label')).toMatch(
      /^Heart rate from 11\d to 18\d bpm/,
    );
    const rows = await run().locator('.splits tbody tr').allTextContents();
    expect(rows).toHaveLength(8);
    expect(rows[7]).toMatch(/^85:011\.00 km5:01 \/km1\d\d$/);
    await lookAt(page, 'session');
  });

  it('show a coach without the day’s heart rate the splits, and of the curve that it is not shared', async () => {
    await page.context().clearCookies();
    await page.evaluate(() => {
      sessionStorage.clear();
      localStorage.clear();
    });
    await signIn(coach);
    await page.getByRole('link', { name: /./ }).and(page.locator('tbody a')).first().click();
    await run().locator('summary').click();
    await run().getByText('heart rate through the session: not shared').waitFor();
    expect(await run().locator('.splits tbody tr').count()).toBe(8);
    await lookAt(page, 'session-coach');
    expect(complaints).toEqual([]);
  });
});
