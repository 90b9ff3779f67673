import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, signInAt } from '../support/browser.ts';
import { createTeam, join, linkSimulated, register, share, withdraw, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const SCORE_SIGNALS = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'];
const since = new Date(Date.now() - 59 * 86_400_000).toISOString().slice(0, 10);

let browser: Browser;
let page: Page;
let world: World;
let coach: Person;
let athlete: Person;
let teamId: string;
const outside: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), createWorld()]);
  [coach, athlete] = await Promise.all([register(world, 'COACH'), register(world, 'ATHLETE')]);
  teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: SCORE_SIGNALS, since });
  await linkSimulated(world, { athlete, key: 'aino' });
  await until(
    'the history to be scored',
    async () => {
      const { viewer } = await world.ask<{ viewer: { athlete: { readinessHistory: { score: number | null }[] } } }>(
        `{ viewer { athlete { readinessHistory(from: "${since}", to: "${new Date().toISOString().slice(0, 10)}") { score } } } }`,
        {},
        athlete.token,
      );
      return viewer.athlete.readinessHistory.filter(({ score }) => score !== null).length > 40;
    },
    90_000,
  );
  page = await openPage({ browser, complaints, context: { viewport: { width: 1440, height: 900 } } });
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(world.urls.dashboard).origin)) outside.push(request.url());
  });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

const signIn = (person: Person) => signInAt(world.urls.dashboard, { page, person });

const row = () => page.locator('tbody tr').first();
const score = async (): Promise<number | null> => {
  const text = await row()
    .locator('.score')
    .first()
    .textContent({ timeout: 500 })
    .catch(() => null);
  return text === null ? null : Number(text);
};

describe('the coach’s dashboard', () => {
  it('refuses a wrong password in words', async () => {
    await page.goto(world.urls.dashboard);
    await page.getByLabel(/e-mail/i).fill(coach.email);
    await page.getByLabel(/password/i).fill('not the password at all');
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/password/i);
    complaints.splice(0);
  });

  it('shows the team after signing in: a number with its band in words', async () => {
    await signIn(coach);
    await row().waitFor();
    expect(await row().getByRole('rowheader').textContent()).toContain('Person');
    await until('a score', score);
    expect(await row().textContent()).toMatch(/high|normal|reduced|low/i);
    await page
      .getByText(/^live$/i)
      .first()
      .waitFor();
  });

  it('changes the number while the coach looks at it', async () => {
    const before = await score();
    const sentAt = Date.now();
    const played = await fetch(`${world.urls.simulator}/control/night`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ athlete: 'aino' }),
    });
    expect(played.ok).toBe(true);
    await until('another number', async () => (await score()) !== before, 5_000);
    expect(Date.now() - sentAt).toBeLessThan(5_000);
  });

  it('opens the athlete’s page, where the waterfall adds up', async () => {
    await row().getByRole('link').first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page
      .getByText(/adds up|why this score|today/i)
      .first()
      .waitFor();
    expect(await page.locator('svg').count()).toBeGreaterThan(1);
    await page.goBack();
    await row().waitFor();
  });

  it('empties the cell at once when the athlete withdraws, and says so in words', async () => {
    await until('the live mark', () =>
      page
        .getByText(/^live$/i)
        .first()
        .isVisible(),
    );
    for (const signal of SCORE_SIGNALS) await withdraw(world, { athlete, teamId, signal });
    await until(
      'the empty cell',
      async () => /not shared/i.test((await row().textContent()) ?? '') && (await score()) === null,
      3_000,
    );
  });

  it('asks nobody outside and complains of nothing', () => {
    expect(outside).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
