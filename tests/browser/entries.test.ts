import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt, signInOn, SIZES } from '../support/browser.ts';
import { linkVendorUser, sleepDocument, startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { createTeam, join, register, share, type Person } from '../support/people.ts';
import { eventually, until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const today = new Date().toISOString().slice(0, 10);
const dayAgo = (days: number): string => new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);

let vendor: OuraVendor;
let browser: Browser;
let page: Page;
let world: World;
let athlete: Person;
const complaints: string[] = [];

beforeAll(async () => {
  vendor = await startOuraVendor();
  [browser, world] = await Promise.all([
    openBrowser(),
    createWorld({ env: vendorEnv(vendor), programs: ['connections', 'health-data', 'insights', 'gateway'] }),
  ]);
  athlete = await register(world, 'ATHLETE', 'UTC');
  for (let n = 0; n <= 20; n += 1) vendor.documents.set(`sleep/n${n}`, sleepDocument({ id: `n${n}`, day: dayAgo(n) }));
  await linkVendorUser(world, { athlete, userId: 'oura-user-1' });
  await until('a score', async () => {
    const { viewer } = await world.ask<{ viewer: { athlete: { readiness: { score: number | null } } } }>(
      '{ viewer { athlete { readiness { score } } } }',
      {},
      athlete.token,
    );
    return viewer.athlete.readiness.score !== null;
  });
  page = await openPage({ browser, complaints });
  await signInAt(world.urls.dashboard, { page, person: athlete });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
  await vendor?.close();
});

const card = () => page.getByRole('region', { name: 'How do you feel?' });
const group = (name: string) => card().getByRole('group', { name });
const save = () => card().getByRole('button', { name: /^save/i });
const stored = async (): Promise<object | undefined> =>
  (await world.database.query<object>('select id, soreness, stress, mood, feel from health_data.check_in'))[0];

const look = (name: string) => lookAt(page, name);

describe('an athlete on their own day', () => {
  it('is asked how they feel, with words for each answer and targets of 44 pixels', async () => {
    await group('Muscle soreness').waitFor();
    expect(await group('Muscle soreness').getByRole('radio').count()).toBe(5);
    expect(await group('Mood').getByRole('radio', { name: 'very good' }).count()).toBe(1);
    expect(await save().isDisabled()).toBe(true);
    for (const viewport of Object.values(SIZES)) {
      await page.setViewportSize(viewport);
      for (const radio of await card().getByRole('radio').all()) {
        const box = await radio.boundingBox();
        expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
      }
    }
    await look('check-in-empty');
  });

  it('is told what to do when body and number disagree', async () => {
    await group('Against the score').getByRole('radio', { name: 'worse' }).check();
    await eventually(async () => expect(await card().innerText()).toMatch(/trust illness and pain over the number/i));
    await group('Against the score').getByRole('radio', { name: 'as shown' }).check();
    await eventually(async () => expect(await card().innerText()).not.toMatch(/trust illness/i));
  });

  it('answers by the keyboard, saves, and finds it saved after coming back', async () => {
    await group('Muscle soreness').getByRole('radio', { name: 'none' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await group('Mood').getByRole('radio', { name: 'good', exact: true }).check();
    await group('Against the score').getByRole('radio', { name: 'worse' }).check();
    await save().click();
    await card().getByText('Saved for today').waitFor();
    expect(await stored()).toEqual({ id: today, soreness: 2, stress: 1, mood: 4, feel: 'WORSE' });
    expect(await save().isDisabled()).toBe(true);
    await look('check-in-saved');
    await page.reload();
    await card().getByText('Saved for today').waitFor();
    expect(await group('Muscle soreness').getByRole('radio', { name: 'a little' }).isChecked()).toBe(true);
    expect(await group('Mood').getByRole('radio', { name: 'good', exact: true }).isChecked()).toBe(true);
  });

  it('changes an answer later', async () => {
    await group('Stress').getByRole('radio', { name: 'a lot' }).check();
    await card().getByText('Answer what you like').waitFor();
    await save().click();
    await card().getByText('Saved for today').waitFor();
    expect(await stored()).toMatchObject({ stress: 4, soreness: 2 });
  });

  it('adds a session that no device recorded', async () => {
    await page.getByText('Add a session by hand').click();
    await page.getByLabel('Sport').fill('rowing');
    await page.getByLabel(/^Began/).fill(`${dayAgo(1)}T08:30`);
    await page.getByLabel('Minutes').fill('45');
    await page.getByLabel('How hard was it?').selectOption('5');
    await page.getByLabel(/^Distance/).fill('9.5');
    await look('session-by-hand');
    await page.getByRole('button', { name: 'Add session' }).click();
    await page.getByText('Added: rowing.').waitFor();
    expect(
      await world.database.query(
        `select w.activity, w.duration_s, w.distance_m, r.rpe from health_data.workout w
           join health_data.workout_rpe_v1 r using (athlete_id, provider, record_id) where w.provider = 'MANUAL'`,
      ),
    ).toEqual([{ activity: 'rowing', duration_s: 2_700, distance_m: 9_500, rpe: 5 }]);
  });

  it('is seen by a coach in words where the check-in is shared, and not told where it is not', async () => {
    const coach = await register(world, 'COACH', 'UTC');
    const teamId = await createTeam(world, coach);
    await join(world, { coach, teamId, athlete });
    await share(world, { athlete, teamId, signals: ['HRV', 'SLEEP'], since: dayAgo(14) });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signInOn(page, coach);
    await page.locator('tbody tr').first().getByRole('link').first().click();
    const facts = page.getByTestId('check-in');
    await facts.waitFor();
    expect(await facts.innerText()).toMatch(/not shared/);
    await share(world, { athlete, teamId, signals: ['CHECK_IN'] });
    await page.reload();
    await facts.getByText('a little').waitFor();
    expect((await facts.innerText()).replaceAll(/\s+/g, ' ')).toBe('Soreness a little Stress a lot Mood good');
    await look('coach-check-in');
  });

  it('has nothing to complain of', () => expect(complaints).toEqual([]));
});
