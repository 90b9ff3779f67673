import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { environmentOf } from '../../embedded/environment.ts';
import { lookAt, openBrowser, openPage, signInOn } from '../support/browser.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;

let browser: Browser;
let world: World;
let athlete: Person;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), createWorld()]);
  athlete = await register(world, 'ATHLETE', 'UTC');
  const env = environmentOf('connections', world.place);
  const verb = ['api-keys', 'create', '--name', 'Devices', '--scope', 'ingest', '--expires', '1d', '--json'];
  const script = 'dist/subgraphs/connections/ops/main.js';
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...verb], { env, timeout: 30_000 });
  const { key } = JSON.parse(stdout) as { key: string };
  await Promise.all([measured(key, 'OURA', 21), measured(key, 'GARMIN', 6)]);
  page = await openPage({ browser, complaints });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

/** HRV of some nights from both, sleep from Oura alone. */
async function measured(key: string, provider: string, nights: number): Promise<void> {
  const dates = Array.from({ length: nights }, (_, n) => new Date(Date.now() - n * DAY_MS).toISOString().slice(0, 10));
  const about = dates.map((date) => ({ athleteId: athlete.athleteId, provider, date }));
  const bodies = {
    hrv: about.map((night) => ({ ...night, rmssdMs: 60, restingHeartRateBpm: 50 })),
    sleep: about.map((night) => ({
      ...night,
      startAt: `${night.date}T00:10:00Z`,
      endAt: `${night.date}T00:30:00Z`,
      durationMin: 15,
    })),
  };
  for (const kind of ['hrv', ...(provider === 'OURA' ? ['sleep'] : [])] as const) {
    const response = await fetch(`${world.urls.ingest}/${kind}`, {
      method: 'POST',
      body: JSON.stringify({ items: bodies[kind as keyof typeof bodies] }),
      headers: { 'content-type': 'application/json', 'x-api-key': key, 'idempotency-key': `${provider}-${kind}` },
    });
    expect(response.status).toBe(202);
  }
}

const chosen = async (): Promise<(string | null)[]> => {
  const { viewer } = await world.ask<{
    viewer: { athlete: { sources: { signal: string; primary: string | null }[] } };
  }>('{ viewer { athlete { sources { signal primary } } } }', {}, athlete.token);
  return viewer.athlete.sources.map(({ signal, primary }) => `${signal} ${primary}`);
};

const look = (name: string) => lookAt(page, name);

const hrv = () => page.getByTestId('source-HRV');

describe('which source counts', () => {
  it('is asked for what two providers measure, and for nothing else, with what a choice means', async () => {
    await until('the nights of both', async () => (await chosen()).length === 3);
    await page.goto(`${world.urls.dashboard}#/connect`);
    await signInOn(page, athlete);
    await hrv().waitFor();
    expect(await hrv().textContent()).toMatch(/needs 7 nights before it counts; the other stays in use until then/i);
    expect(await hrv().textContent()).toMatch(/21 nights/);
    expect(await page.getByTestId('source-RESTING_HEART_RATE').count()).toBe(1);
    expect(await page.getByTestId('source-SLEEP').count()).toBe(0);
    expect(
      await hrv()
        .getByRole('radio', { name: /automatic/i })
        .isChecked(),
    ).toBe(true);
  });

  it('is chosen, kept, and taken back', async () => {
    await hrv()
      .getByRole('radio', { name: /garmin/i })
      .click();
    await until('the choice to be kept', async () => (await chosen()).includes('HRV GARMIN'));
    await page.reload();
    await hrv().waitFor();
    expect(
      await hrv()
        .getByRole('radio', { name: /garmin/i })
        .isChecked(),
    ).toBe(true);
    await look('sources-chosen');
    await hrv()
      .getByRole('radio', { name: /automatic/i })
      .click();
    await until('the choice to be gone', async () => (await chosen()).includes('HRV null'));
    await until('the page to say so', () =>
      hrv()
        .getByRole('radio', { name: /automatic/i })
        .isChecked(),
    );
  });

  it('complains of nothing', () => expect(complaints).toEqual([]));
});
