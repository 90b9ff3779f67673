import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt } from '../support/browser.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';
import type { Person } from '../support/people.ts';
import { eventually } from '../support/wait.ts';

let browser: Browser;
let morning: LowMorning;
let coachs: Page;
let theirs: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, morning] = await Promise.all([
    openBrowser(),
    createLowMorning({ shares: ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'] }),
  ]);
  [coachs, theirs] = [await signIn(morning.coach), await signIn(morning.athlete)];
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await morning?.stop();
});

/** Two people at two machines: each with a session of their own. */
async function signIn(person: Person): Promise<Page> {
  const page = await openPage({ browser, complaints });
  await signInAt(morning.world.urls.dashboard, { page, person });
  return page;
}

const dayWords = (date: string): RegExp =>
  new RegExp(new Intl.DateTimeFormat('en-GB', { day: 'numeric', timeZone: 'UTC' }).format(Date.parse(date)));

const box = () => theirs.getByTestId('today-plan');

describe('a plan in the browser', () => {
  it('the coach opens the athlete and writes a session, by keyboard alone', async () => {
    await coachs.getByTestId('roster').getByRole('link').first().click();
    const week = coachs.getByTestId('week-plan');
    await week
      .getByRole('button', { name: /Add a session on/ })
      .first()
      .waitFor();
    const add = week.getByRole('button', { name: /Add a session on/ });
    expect(await add.count()).toBe(7);
    await week
      .getByRole('listitem')
      .filter({ hasText: 'today' })
      .getByRole('button', { name: dayWords(morning.today) })
      .focus();
    await coachs.keyboard.press('Enter');
    const dialog = coachs.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Intervals');
    await dialog.getByLabel('Intensity').selectOption('HIGH');
    await dialog.getByLabel('Minutes').fill('75');
    await dialog.getByLabel('Sport (optional)').fill('Running');
    await dialog.getByLabel(/Notes/).fill('6 × 3 min on the track, easy jog between.');
    await lookAt(coachs, 'plan-dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await week.getByText('High, 75 min').waitFor();
    await week.getByText('suggested: low, 45 min').waitFor();
    await lookAt(coachs, 'plan-coach');
  });

  it('the roster shows the session of today and what is suggested', async () => {
    await coachs.getByRole('link', { name: '← Team' }).click();
    const row = coachs.getByTestId('roster-row');
    await row.getByText('High, 75 min').waitFor();
    await row.getByText('suggested: low, 45 min').waitFor();
    await lookAt(coachs, 'plan-roster');
    await row.getByRole('link').first().click();
  });

  it('the athlete reads what is planned and what is suggested, in words and signs', async () => {
    await theirs.reload();
    await box().getByRole('button', { name: 'Accept' }).waitFor();
    const words = (await box().innerText()).replaceAll(/\s+/g, ' ');
    expect(words).toMatch(/High.*Low.*easier/);
    expect(words).toMatch(/75 min \d\d min −\d+ min/);
    expect(words).toMatch(/Readiness is low at \d+|HRV has been under/);
    expect(words).toMatch(/the change itself may be noticed/);
    const [accept, keep] = await Promise.all(
      ['Accept', 'Keep plan'].map((name) => box().getByRole('button', { name }).boundingBox()),
    );
    expect([accept?.width, accept?.height]).toEqual([keep?.width, keep?.height]);
    await lookAt(theirs, 'today-pending');
  });

  it('accepts, and undoes', async () => {
    await box().getByRole('button', { name: 'Accept' }).click();
    await box().getByText('Accepted.').waitFor();
    await lookAt(theirs, 'today-accepted');
    await box().getByRole('button', { name: 'Undo' }).click();
    await box().getByText('You keep the plan.').waitFor();
    await lookAt(theirs, 'today-kept');
  });

  it('the coach sees that the athlete changed it, and the way there', async () => {
    await coachs.reload();
    const week = coachs.getByTestId('week-plan');
    await week.getByText('changed by the athlete').waitFor();
    await week.getByRole('button', { name: /Intervals/ }).click();
    await coachs.getByRole('dialog').getByText('History').click();
    await eventually(async () =>
      expect(await coachs.getByRole('dialog').innerText()).toMatch(/Changed by the athlete/),
    );
    await lookAt(coachs, 'plan-history');
    await coachs.keyboard.press('Escape');
  });

  it('who changes what somebody else changed meanwhile is told so, and nothing is lost', async () => {
    await theirs.getByRole('link', { name: 'Plan', exact: true }).click();
    const week = theirs.getByTestId('week-plan');
    await week.getByRole('button', { name: /Intervals/ }).click();
    const coachsWeek = coachs.getByTestId('week-plan');
    await coachsWeek.getByRole('button', { name: /Intervals/ }).click();
    await coachs.getByRole('dialog').getByLabel('Minutes').fill('50');
    await coachs.getByLabel(/^Lock/).check();
    await coachs.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await coachs.getByRole('dialog').waitFor({ state: 'detached' });
    await theirs.getByRole('dialog').getByLabel('Minutes').fill('30');
    await theirs.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await theirs.getByRole('dialog').getByRole('alert').waitFor();
    expect(await theirs.getByRole('dialog').getByRole('alert').innerText()).toMatch(/changed meanwhile/);
    await theirs.keyboard.press('Escape');
    await week.getByText('High, 50 min').waitFor();
    await lookAt(theirs, 'plan-own');
  });

  it('a locked session shows advice and no buttons', async () => {
    await theirs.getByRole('link', { name: 'Today' }).click();
    await box().getByText('Advice only').waitFor();
    expect(await box().getByRole('button').count()).toBe(0);
    await lookAt(theirs, 'today-locked');
  });

  it('has nothing to complain of', () => expect(complaints).toEqual([]));
});
