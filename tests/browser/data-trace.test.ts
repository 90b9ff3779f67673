import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt } from '../support/browser.ts';
import {
  deliver,
  linkVendorUser,
  signDelivery,
  sleepDocument,
  sleepEvent,
  startOuraVendor,
  vendorEnv,
  type OuraVendor,
} from '../support/oura-vendor.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const DAY_MS = 86_400_000;
const USER = 'oura-user-1';
const today = new Date().toISOString().slice(0, 10);
const dayAgo = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);

let browser: Browser;
let page: Page;
let vendor: OuraVendor;
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
  for (let n = 1; n <= 12; n += 1) vendor.documents.set(`sleep/n${n}`, sleepDocument({ id: `n${n}`, day: dayAgo(n) }));
  await linkVendorUser(world, { athlete, userId: USER });
  await count('twelve nights', 'sleep_night', 12);
  vendor.documents.set('sleep/tonight', sleepDocument({ id: 'tonight', day: today }));
  await send('tonight');
  await send('tonight');
  await count('tonight', 'sleep_night', 13);
  vendor.documents.set('sleep/future', sleepDocument({ id: 'future', day: dayAgo(-2) }));
  await send('future');
  await count('the night that was not believed', 'dead_letter', 1);
  vendor.failWith = 403;
  await send('forbidden');
  await until('the refusal', async () => {
    const rows = await world.database.query(
      `select 1 from connections.fetched_notification where outcome = 'forbidden'`,
    );
    return rows.length > 0;
  });
  vendor.failWith = null;
  page = await openPage({ browser, complaints });
  await signInAt(world.urls.dashboard, { page, person: athlete });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
  await vendor?.close();
});

async function send(objectId: string): Promise<void> {
  await deliver(world, signDelivery(sleepEvent({ userId: USER, objectId, time: `${today}T05:00:00+00:00` })));
}

const count = (what: string, table: string, wanted: number) =>
  until(what, async () => {
    const [row] = await world.database.query<{ n: number }>(`select count(*)::int as n from health_data.${table}`);
    return (row?.n ?? 0) >= wanted;
  });

/** What would hinder a person with a screen reader, a keyboard or a small screen. Empty when nothing does. */
const hindrances = (): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const isShown = (element: Element) => element.checkVisibility();
    for (const control of document.querySelectorAll('button, a, input, select, summary')) {
      if (!isShown(control)) continue;
      const label = control.getAttribute('aria-label') ?? control.closest('label')?.textContent ?? control.textContent;
      if (!label?.trim()) found.push(`no name: ${control.outerHTML.slice(0, 80)}`);
    }
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')]
      .filter(isShown)
      .map(({ tagName }) => Number(tagName[1]));
    if (levels.filter((level) => level === 1).length !== 1) found.push(`first headings: ${levels.join()}`);
    for (const [at, level] of levels.entries())
      if (level > (levels[at - 1] ?? 1) + 1) found.push(`a heading level is left out: ${levels.join()}`);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    if (new Set(ids).size !== ids.length) found.push('an id stands twice');
    for (const image of document.querySelectorAll('svg:not([aria-hidden]):not([role])'))
      found.push(`unnamed: ${image.outerHTML.slice(0, 60)}`);
    const width = document.documentElement;
    if (width.scrollWidth > width.clientWidth) found.push(`wider than the screen: ${width.scrollWidth}`);
    return found;
  });

const look = (name: string) => lookAt(page, name, { hindrances });

const oura = () => page.getByTestId('trace-OURA');

describe('an athlete who misses something', () => {
  it('gets from the day to what came for it', async () => {
    await page.getByRole('link', { name: /something missing/i }).click();
    await page.getByRole('heading', { level: 1, name: /why is my data missing/i }).waitFor();
    await oura().waitFor();
    expect(await oura().textContent()).toMatch(/here for this day: .*sleep/i);
    await look('missing-today');
  });

  it('reads what did not get through, and what to do about it, without opening anything', async () => {
    const words = async () => (await oura().innerText()).replaceAll(/\s+/g, ' ');
    expect(await words()).toMatch(/needs a look/i);
    expect(await words()).toMatch(/did not let us read your sleep data: .*Connect Oura again and leave it ticked/);
    expect(await words()).toMatch(/not believed and left out: it lay in the future/);
  });

  it('opens the way of the night that arrived by the keyboard', async () => {
    const night = oura().locator('details').filter({ hasText: 'stored' }).first();
    expect(await night.getAttribute('open')).toBeNull();
    await night.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await night.innerText()).toMatch(/told us that there is new sleep data, twice in all/);
    expect(await night.innerText()).toMatch(/signature was right/);
    expect(await night.innerText()).toMatch(/Your sleep, HRV, resting heart rate and vitals of this day are stored/);
    await look('missing-open');
  });

  it('looks at another day, and at one of which nothing came', async () => {
    await page.getByRole('button', { name: 'The day before' }).click();
    await until('yesterday', async () =>
      /asked Oura for these days and got sleep data/.test((await oura().textContent()) ?? ''),
    );
    await page.getByRole('group', { name: 'Day' }).getByLabel('Day', { exact: true }).fill(dayAgo(40));
    await until('the empty day', async () => /nothing came/i.test((await oura().textContent()) ?? ''));
    expect(await oura().textContent()).toMatch(/nothing about this day has come from Oura/i);
    await look('missing-nothing');
  });

  it('disconnects and chooses what becomes of the data, in plain words', async () => {
    await page.getByRole('link', { name: 'See your connections' }).click();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    expect(await page.getByRole('group', { name: 'Disconnect Oura' }).innerText()).toMatch(/cannot be brought back/);
    await look('disconnect');
    await page.getByRole('button', { name: 'Disconnect, keep data' }).click();
    await page.getByRole('button', { name: 'Delete the kept data' }).click();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText(/had sent was deleted on/).waitFor();
    await look('deleted');
    await page.goto(`${world.urls.dashboard}#/missing/${today}`);
    await until('no data', async () => {
      await page.getByRole('button', { name: 'Look again' }).click();
      return /disconnected Oura and had deleted what it had sent/.test((await oura().textContent()) ?? '');
    });
  });

  it('has nothing to complain of', () => expect(complaints).toEqual([]));
});
