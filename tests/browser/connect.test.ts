import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInOn } from '../support/browser.ts';
import { register, type Person } from '../support/people.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';

let browser: Browser;
let world: World;
let athlete: Person;
let stranger: Person;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, world] = await Promise.all([openBrowser(), createWorld()]);
  [athlete, stranger] = await Promise.all([register(world, 'ATHLETE'), register(world, 'ATHLETE')]);
  page = await openPage({ browser, complaints });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

const oura = (on: Page) => on.getByTestId('provider-OURA');
const connect = (on: Page) => oura(on).getByRole('button', { name: /connect oura/i });

/** Says yes or no on the simulated consent page, as the fictional athlete of that name. */
async function answerAtOura(
  on: Page,
  options: { key: string; says: 'Approve' | 'Deny'; without?: string },
): Promise<void> {
  await on.getByLabel(/signing in as/i).selectOption(options.key);
  if (options.without !== undefined) await on.getByRole('checkbox', { name: options.without }).uncheck();
  await on.getByRole('button', { name: options.says }).click();
}

const linksOf = async (person: Person): Promise<string[]> => {
  const { viewer } = await world.ask<{ viewer: { athlete: { connections: { state: string }[] } } }>(
    '{ viewer { athlete { connections { state } } } }',
    {},
    person.token,
  );
  return viewer.athlete.connections.map(({ state }) => state);
};

describe('the connections of an athlete', () => {
  it('offer what can be linked here, and say that phones come with their app', async () => {
    await page.goto(`${world.urls.dashboard}#/connect`);
    await signInOn(page, athlete);
    await connect(page).waitFor();
    expect(await oura(page).textContent()).toMatch(/HRV.*whole night/);
    const phone = page.getByTestId('provider-APPLE_HEALTH');
    expect(await phone.textContent()).toMatch(/comes from the app on your iphone/i);
    expect(await phone.getByRole('button').count()).toBe(0);
    await lookAt(page, 'connect-offered');
  });

  it('say plainly that nothing is connected when access was refused at the provider', async () => {
    await connect(page).click();
    await answerAtOura(page, { key: 'aino', says: 'Deny' });
    await page.getByText(/you did not allow access at oura/i).waitFor();
    await lookAt(page, 'connect-refused');
    await page.getByRole('button', { name: /to my connections/i }).click();
    await connect(page).waitFor();
    expect(await linksOf(athlete)).toEqual([]);
  });

  it('are joined without another question in the browser that began, with what was left out named', async () => {
    await connect(page).click();
    await answerAtOura(page, { key: 'aino', says: 'Approve', without: 'heartrate' });
    await page.getByTestId('connect-result').waitFor();
    expect(await page.getByTestId('connect-result').textContent()).toMatch(/oura is connected/i);
    expect(await oura(page).textContent()).toMatch(/not granted at oura: heartrate/i);
    expect(await oura(page).textContent()).toMatch(/heart rate through the day · not allowed at oura/i);
    expect(page.url()).toMatch(/#\/connect$/);
    expect(await linksOf(athlete)).toEqual(['ACTIVE']);
  });

  it('show how the history comes in, and when something came last', async () => {
    await oura(page)
      .getByText(/history of .* is loaded/i)
      .waitFor({ timeout: 60_000 });
    await page.reload();
    await until('a last delivery', async () => !(await oura(page).textContent())?.includes('none yet'), 20_000);
    await lookAt(page, 'connect-connected');
  });

  it('tell why a provider needs its person again, with the button that mends it', async () => {
    const reason = 'Oura no longer lets us read. Link it again to go on.';
    await world.database.query(
      `update connections.provider_connection set state = 'NEEDS_RECONNECT', state_reason = $2 where athlete_id = $1`,
      [athlete.athleteId, reason],
    );
    await page.reload();
    await oura(page).getByText(reason).waitFor();
    await lookAt(page, 'connect-needs-reconnect');
    await oura(page)
      .getByRole('button', { name: /connect oura again/i })
      .click();
    await answerAtOura(page, { key: 'aino', says: 'Approve' });
    await page.getByTestId('connect-result').waitFor();
    expect(await linksOf(athlete)).toEqual(['ACTIVE']);
  });
});

describe('somebody else’s way back', () => {
  /** The stranger's own link, opened in this browser; whoever sits there says yes at Oura. */
  async function lureTo(on: Page, key: string): Promise<void> {
    const { linkProvider } = await world.ask<{ linkProvider: { authorizationUrl: string } }>(
      'mutation { linkProvider(provider: OURA) { authorizationUrl } }',
      {},
      stranger.token,
    );
    await on.goto(linkProvider.authorizationUrl);
    await answerAtOura(on, { key, says: 'Approve' });
  }

  it('is refused in the browser of a signed-in athlete, with the reason', async () => {
    await lureTo(page, 'tane');
    await page.getByText(/begun by somebody else/i).waitFor();
    expect(await page.getByTestId('confirm-link').textContent()).toContain(athlete.email);
    await lookAt(page, 'connect-not-yours');
    expect(await linksOf(stranger)).toEqual([]);
    expect(await linksOf(athlete)).toEqual(['ACTIVE']);
  });

  it('asks for a sign-in where nobody is, warns, and is refused to whoever did not begin it', async () => {
    const other = await openPage({ browser, complaints });
    await lureTo(other, 'tane');
    await other.getByText(/if somebody sent you the link, close this page/i).waitFor();
    await lookAt(other, 'connect-sign-in');
    expect(await linksOf(stranger)).toEqual([]);
    await signInOn(other, athlete);
    await other.getByText(/begun by somebody else/i).waitFor();
    expect(await linksOf(stranger)).toEqual([]);
    await other.context().close();
  });

  it('asks first where the one who began is signed in, but in another browser, and shows whose account is joined', async () => {
    const other = await openPage({ browser, complaints });
    await lureTo(other, 'tane');
    await signInOn(other, stranger);
    await other.getByRole('heading', { name: 'Connect Oura?' }).waitFor();
    expect(await other.getByTestId('confirm-link').textContent()).toContain(stranger.email);
    expect(await linksOf(stranger)).toEqual([]);
    await lookAt(other, 'connect-question');
    await other.getByRole('button', { name: 'Do not connect' }).click();
    await connect(other).waitFor();
    expect(await linksOf(stranger)).toEqual([]);
    await lureTo(other, 'tane');
    await other.getByRole('button', { name: 'Connect Oura' }).click();
    await other.getByTestId('connect-result').waitFor();
    expect(await linksOf(stranger)).toEqual(['ACTIVE']);
    await other.context().close();
  });
});

it('complains of nothing', () => expect(complaints).toEqual([]));
