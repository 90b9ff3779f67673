import { createECDH } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt } from '../support/browser.ts';
import { createTeam, join, linkSimulated, register, share, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

const since = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
const PUSH_HOST = 'push.example.org';

let browser: Browser;
let page: Page;
let world: World;
let athlete: Person;
let coach: Person;
let teamId: string;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), createWorld({ env: { PUSH_HOSTS: PUSH_HOST } })]);
  [coach, athlete] = await Promise.all([register(world, 'COACH'), register(world, 'ATHLETE')]);
  teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: ['HRV', 'SLEEP'], since });
  await linkSimulated(world, { athlete, key: 'sam' });
  await until(
    'a week with scores',
    async () => {
      const { viewer } = await world.ask<{
        viewer: { athlete: { weeklySummary: { readiness: { meanScore: number | null } } } };
      }>('{ viewer { athlete { weeklySummary { readiness { meanScore } } } } }', {}, athlete.token);
      return viewer.athlete.weeklySummary.readiness.meanScore !== null;
    },
    90_000,
  );
  page = await openPage({ browser, complaints });
  await page.context().grantPermissions(['notifications'], { origin: new URL(world.urls.dashboard).origin });
  const p256dh = createECDH('prime256v1').generateKeys('base64url');
  await page.addInitScript(playPushService, { host: PUSH_HOST, p256dh });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

/** In place of the browser maker's push service, which no test may ask: the browser is given an address all the same. */
function playPushService({ host, p256dh }: { host: string; p256dh: string }): void {
  const key = 'subscribed';
  const keys = { p256dh, auth: 'A'.repeat(22) };
  const subscription = {
    endpoint: `https://${host}/send/1`,
    toJSON: () => ({ endpoint: `https://${host}/send/1`, keys }),
    unsubscribe: async () => {
      localStorage.removeItem(key);
      return true;
    },
  };
  PushManager.prototype.subscribe = async (options) => {
    const bytes = new Uint8Array(options?.applicationServerKey as Uint8Array<ArrayBuffer>);
    if (bytes.length !== 65 || bytes[0] !== 4) throw new Error('that is no key of ours');
    localStorage.setItem(key, 'yes');
    return subscription as unknown as PushSubscription;
  };
  PushManager.prototype.getSubscription = async () =>
    localStorage.getItem(key) === null ? null : (subscription as unknown as PushSubscription);
}

const signIn = (person: Person) => signInAt(world.urls.dashboard, { page, person });
const browsers = async (): Promise<number> =>
  (await world.database.query('select 1 from insights.push_subscription')).length;

describe('an athlete', () => {
  it('turns alerts on and off, and finds them so again', async () => {
    await signIn(athlete);
    await page.getByRole('link', { name: 'Alerts' }).click();
    const ready = page.getByRole('switch', { name: /Today’s score is there/ });
    await ready.waitFor();
    expect(await ready.isChecked()).toBe(false);
    await ready.click();
    await until('the change to be stored', async () => {
      return (await world.database.query('select 1 from insights.alert_choice where is_on')).length === 1;
    });
    await page.reload();
    await ready.waitFor();
    expect(await ready.isChecked()).toBe(true);
    await page.getByText(/From 22:00 to 07:00, Helsinki time/).waitFor();
  });

  it('turns notifications on in this browser by a click, and off again', async () => {
    await page.getByText('Off in this browser.').waitFor();
    expect(await browsers()).toBe(0);
    await page.getByRole('button', { name: 'Turn on notifications in this browser' }).click();
    await page.getByText('On in this browser.').waitFor();
    expect(await browsers()).toBe(1);
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByText('Off in this browser.').waitFor();
    expect(await browsers()).toBe(0);
    await page.getByRole('button', { name: 'Turn on notifications in this browser' }).click();
    await page.getByRole('switch', { name: /Send me notifications/ }).waitFor();
  });

  it('is shown what is pushed, and nothing else', async () => {
    const client = await page.context().newCDPSession(page);
    const registrations: { registrationId: string }[] = [];
    client.on('ServiceWorker.workerRegistrationUpdated', (event) => registrations.push(...event.registrations));
    await client.send('ServiceWorker.enable');
    await until('the service worker', async () => registrations.length > 0);
    await client.send('ServiceWorker.deliverPushMessage', {
      origin: new URL(world.urls.dashboard).origin,
      registrationId: registrations[0]?.registrationId ?? '',
      data: JSON.stringify({ title: 'Athlete Ally', body: 'Your day is ready to look at.', url: '/#/', topic: 't' }),
    });
    await until('the notification', async () => {
      const shown = await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration('/notifications.js');
        const all = (await registration?.getNotifications()) ?? [];
        return all.map(({ title, body, tag, data }) => ({ title, body, tag, url: (data as { url: string }).url }));
      });
      return (
        JSON.stringify(shown) ===
        JSON.stringify([{ title: 'Athlete Ally', body: 'Your day is ready to look at.', tag: 't', url: '/#/' }])
      );
    });
  });

  it('sees the last week in short on their page', async () => {
    await page.getByRole('link', { name: 'Today' }).click();
    const week = page.getByTestId('week-card');
    await week.getByText(/Readiness was \d+ on average/).waitFor();
    const before = await week.getByRole('heading', { level: 2 }).textContent();
    await week.getByRole('button', { name: 'The week before' }).click();
    await until(
      'the week before',
      async () => (await week.getByRole('heading', { level: 2 }).textContent()) !== before,
    );
    await week.getByRole('button', { name: 'The week after' }).click();
    await week.getByRole('heading', { level: 2, name: before ?? '' }).waitFor();
  });

  it('finds nothing wider than a phone', async () => {
    await lookAt(page, 'week');
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByRole('switch').first().waitFor();
    await lookAt(page, 'alerts');
  });
});

describe('who signs out', () => {
  const isSubscribed = () => page.evaluate(() => localStorage.getItem('subscribed') !== null);
  const signOut = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  };
  const turnOn = async (): Promise<void> => {
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByText('Off in this browser.').waitFor();
    await page.getByRole('button', { name: 'Turn on notifications in this browser' }).click();
    await page.getByText('On in this browser.').waitFor();
  };

  it('is told nothing in this browser any more', async () => {
    expect([await browsers(), await isSubscribed()]).toEqual([1, true]);
    await signOut();
    await until('the browser to be forgotten', async () => (await browsers()) === 0);
    expect(await isSubscribed()).toBe(false);
    await signIn(athlete);
    await turnOn();
    expect(await browsers()).toBe(1);
  });

  it('without a server to hear it neither', async () => {
    await page.route('**/graphql', (route) => route.abort());
    await signOut();
    await page.waitForFunction(() => localStorage.getItem('subscribed') === null);
    await page.unroute('**/graphql');
    complaints.splice(0);
    await signIn(athlete);
    await turnOn();
  });

  it('takes nothing from somebody else who is told here and only left', async () => {
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await signIn(coach);
    await page.getByTestId('roster-row').waitFor();
    await signOut();
    await signIn(coach);
    await page.getByTestId('roster-row').waitFor();
    expect([await browsers(), await isSubscribed()]).toEqual([1, true]);
  });
});

describe('a coach', () => {
  it('sees the team’s week, and what is not shared as not shared', async () => {
    const week = page.getByTestId('team-week');
    await week.getByText('1 of 1 athlete').first().waitFor();
    await week.getByText('Athlete by athlete').click();
    await lookAt(page, 'team-week');
    const cells = week.getByRole('row').nth(1).getByRole('cell');
    expect(await cells.last().textContent()).toContain('not shared');
    await page
      .getByRole('link', { name: /Person/ })
      .first()
      .click();
    const tiles = page.getByTestId('week-card').locator('.week-tile-withheld');
    await tiles.nth(1).waitFor();
    expect(await tiles.allTextContents()).toEqual(['Training not shared', 'Plan not shared']);
  });

  it('chooses what to be told of for the team, and their own quiet hours', async () => {
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByText('What you want to be told of Team, and when not.').waitFor();
    // That it is on for whoever sat here before says nothing of the coach.
    await page.getByText('Off in this browser.').waitFor();
    expect(await page.getByRole('switch', { name: /suggestion/i }).count()).toBe(0);
    await page.getByRole('textbox', { name: 'From' }).fill('21:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await until('the quiet hours', async () => {
      const [row] = await world.database.query<{ quiet_from: string }>(
        'select quiet_from from insights.alert_channel where quiet_from is not null',
      );
      return row?.quiet_from === '21:00';
    });
    expect(complaints).toEqual([]);
  });
});
