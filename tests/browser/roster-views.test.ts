import type { Browser, Page } from 'playwright-core';
import { lookAt, openBrowser, openPage, signInAt, SIZES } from '../support/browser.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';
import { createTeam, join, register, share, type Person } from '../support/people.ts';
import { eventually } from '../support/wait.ts';

let browser: Browser;
let morning: LowMorning;
let page: Page;
const complaints: string[] = [];

/** The first shares what was measured; of one nothing came in; the last shares nothing. By their names in this order. */
let athletes: { measured: Person; empty: Person; withheld: Person };

beforeAll(async () => {
  [browser, morning] = await Promise.all([
    openBrowser(),
    createLowMorning({ shares: ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'] }),
  ]);
  const { world, coach, athlete, teamId } = morning;
  const empty = await register(world, 'ATHLETE', 'UTC');
  const withheld = await register(world, 'ATHLETE', 'UTC');
  for (const each of [empty, withheld]) await join(world, { coach, teamId, athlete: each });
  await share(world, { athlete: empty, teamId, signals: ['HRV', 'SLEEP'] });
  athletes = { measured: athlete, empty, withheld };
  page = await openPage({ browser, complaints });
  await signInAt(world.urls.dashboard, { page, person: coach });
  await page.getByTestId('roster-row').nth(2).waitFor();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await morning?.stop();
});

const look = (name: string) => lookAt(page, name, { isWhole: false });
const query = (): string => new URL(page.url()).hash.split('?')[1] ?? '';
const queryIs = (wanted: string) => page.waitForFunction((q) => (location.hash.split('?')[1] ?? '') === q, wanted);
const header = (name: string) => page.getByRole('columnheader', { name: new RegExp(`^${name}`) });
const caption = () => page.getByTestId('roster').locator('caption').innerText();
const idsShown = () =>
  page.getByTestId('roster-row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-athlete')));

/** The order that the server gives the whole team. */
async function idsOfServer(by: string, isDescending: boolean): Promise<string[]> {
  const { team } = await morning.world.ask<{
    team: { roster: { edges: { node: { athlete: { id: string } } }[] } };
  }>(
    `query ($id: ID!, $sort: RosterSort!) { team(id: $id) { roster(sort: $sort) { edges { node { athlete { id } } } } } }`,
    { id: morning.teamId, sort: { by, isDescending } },
    morning.coach.token,
  );
  return team.roster.edges.map(({ node }) => node.athlete.id);
}

describe('the orders of the roster', () => {
  it('by data: last night first, then none; who shares none stands below, both ways, as on the server', async () => {
    const { measured, empty, withheld } = athletes;
    await header('Data').getByRole('button').focus();
    await page.keyboard.press('Enter');
    await queryIs('sort=data');
    await eventually(async () => expect(await header('Data').getAttribute('aria-sort')).toBe('ascending'));
    expect(await caption()).toBe('3 athletes, by age of the data, newest first');
    expect(await idsShown()).toEqual([measured.athleteId, empty.athleteId, withheld.athleteId]);
    expect(await idsShown()).toEqual(await idsOfServer('DATA', false));
    await page.keyboard.press('Enter');
    await queryIs('sort=-data');
    await eventually(async () => expect(await header('Data').getAttribute('aria-sort')).toBe('descending'));
    expect(await idsShown()).toEqual([empty.athleteId, measured.athleteId, withheld.athleteId]);
    expect(await idsShown()).toEqual(await idsOfServer('DATA', true));
    await look('orders-data');
  });

  it('are chosen by name where the screen has no room for a head, and the head is then out of reach', async () => {
    await page.setViewportSize(SIZES.phone);
    const choice = page.getByLabel('Order');
    expect(await choice.locator('option:checked').innerText()).toBe('By age of the data, oldest first');
    await choice.selectOption({ label: 'By age of the data, newest first' });
    await queryIs('sort=data');
    await eventually(async () => expect(await idsShown()).toEqual(await idsOfServer('DATA', false)));
    expect(await page.locator('[data-testid=roster] thead button').first().isVisible()).toBe(false);
    await choice.selectOption({ label: 'By age of the data, oldest first' });
    await queryIs('sort=-data');
    await look('orders-phone');
    expect(await choice.isVisible()).toBe(false);
  });

  it('by flags: those that nobody has seen first, as on the server, before and after they are seen', async () => {
    const { measured } = athletes;
    await header('Flags').getByRole('button').click();
    await queryIs('sort=flags');
    await eventually(async () => expect(await header('Flags').getAttribute('aria-sort')).toBe('ascending'));
    expect(await caption()).toBe('3 athletes, by flags, most urgent first');
    const before = await idsShown();
    expect(before[0]).toBe(measured.athleteId);
    expect(before).toEqual(await idsOfServer('FLAGS', false));
    const row = page.locator(`[data-athlete="${measured.athleteId}"]`);
    const panel = page.locator('.flags-panel:popover-open');
    // A row that moves takes its panel with it.
    await eventually(async () => {
      if ((await row.locator('.flags-seen').count()) > 0) return;
      if (!(await panel.isVisible())) await row.locator('.flags').click();
      await panel
        .getByRole('button', { name: /^Mark as seen/ })
        .first()
        .click({ timeout: 1_000 });
      throw new Error('not all flags are seen yet');
    }, 30_000);
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByTestId('roster-row').nth(2).waitFor();
    expect(await idsShown()).toEqual(await idsOfServer('FLAGS', false));
    await page.goBack();
    await page.locator('th[aria-sort=descending]', { hasText: 'Data' }).waitFor();
  });
});

describe('the density of the roster', () => {
  const pressed = (of: Page) =>
    of.getByRole('group', { name: 'Density of the table' }).locator('[aria-pressed=true]').innerText();
  const rowHeight = async () => (await page.getByTestId('roster-row').first().boundingBox())?.height ?? 0;

  it('is switched by keyboard, kept for this coach in this browser, and in no address', async () => {
    const [before, address] = [await rowHeight(), query()];
    expect(await pressed(page)).toBe('Comfortable rows');
    await page.getByRole('button', { name: 'Compact rows' }).focus();
    await page.keyboard.press('Space');
    await eventually(async () => expect(await rowHeight()).toBeLessThan(before * 0.85));
    expect(query()).toBe(address);
    await look('density-compact');
    await page.reload();
    await page.getByTestId('roster-row').nth(2).waitFor();
    expect(await pressed(page)).toBe('Compact rows');
  });

  it('is each coach’s own at one screen', async () => {
    const { world } = morning;
    const colleague = await register(world, 'COACH', 'UTC');
    await createTeam(world, colleague);
    const other = await page.context().newPage();
    other.setDefaultTimeout(10_000);
    await signInAt(world.urls.dashboard, { page: other, person: colleague });
    await other.getByRole('group', { name: 'Density of the table' }).waitFor();
    expect(await pressed(other)).toBe('Comfortable rows');
    await other.close();
  });
});

describe('the saved views of the roster', () => {
  const dialog = (of = page) => of.getByRole('dialog', { name: 'Views' });
  const openViews = (of = page) => of.getByRole('button', { name: /^Views/ }).click();
  const views = async (of = page) => await dialog(of).getByTestId('saved-view').getByRole('link').allInnerTexts();
  const viewsAre = (count: number, of = page) =>
    of.waitForFunction((n) => document.querySelectorAll('[data-testid=saved-view]').length === n, count);
  const nameOf = (text: string) => text.split('\n')[0];

  it('keep filters, order, search and columns under a name, by keyboard alone', async () => {
    await page.goto(`${page.url().split('?')[0]}?sort=-data&q=son&basis=partial&columns=flags+data`);
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=roster-row]').length === 2);
    await page.getByRole('button', { name: /^Views/ }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByText('None is saved yet.').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('placeholder'))).toBe('Name of the view');
    await page.keyboard.type('Who is silent');
    await page.keyboard.press('Enter');
    await dialog().getByText('Saved as “Who is silent”.').waitFor();
    await viewsAre(1);
    expect((await views())[0]).toMatch(
      /^Who is silent ✓ open\nBy age of the data, oldest first · Score of: fewer · “son” · Columns Flags and Data$/,
    );
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Views\s+open: Who is silent$/ }).waitFor();
  });

  it('are opened as a step of the history, with the columns they were saved with', async () => {
    const saved = query();
    await page.goto(`${page.url().split('?')[0]}?sort=name`);
    await queryIs('sort=name');
    await page.getByRole('button', { name: 'Views', exact: true }).waitFor();
    await openViews();
    await dialog()
      .getByLabel(/^Save the table/)
      .fill('By name');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await viewsAre(2);
    await look('views');
    await dialog()
      .getByRole('link', { name: /^Who is silent/ })
      .click();
    await queryIs(saved);
    await eventually(async () => expect(await dialog().count()).toBe(0));
    await page.waitForFunction(() => document.querySelectorAll('[data-testid=roster] thead th').length === 4);
    expect(await page.getByRole('searchbox').inputValue()).toBe('son');
    await page.goBack();
    await queryIs('sort=name');
  });

  it('of a name that is there are replaced, and the button says so before', async () => {
    await page.goto(`${page.url().split('?')[0]}?sort=-name`);
    await openViews();
    await dialog()
      .getByLabel(/^Save the table/)
      .fill('By name');
    await dialog().getByRole('button', { name: 'Replace' }).click();
    await dialog().getByText('Saved as “By name”.').waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-testid=saved-view]')].some((view) =>
        view.textContent?.includes('By name, descending'),
      ),
    );
    expect((await views()).map(nameOf)).toEqual(['By name ✓ open', 'Who is silent']);
  });

  it('are renamed in their place; a taken name is refused in words, and Escape leaves the row alone', async () => {
    await dialog().getByRole('button', { name: 'Rename By name' }).click();
    const field = dialog().getByLabel('New name of By name');
    expect(await field.evaluate((each) => each === document.activeElement)).toBe(true);
    await field.fill('Who is silent');
    await page.keyboard.press('Enter');
    await dialog().getByRole('alert').waitFor();
    expect(await dialog().getByRole('alert').innerText()).toMatch(/Another of your views has this name/);
    await look('views-refused');
    await page.keyboard.press('Escape');
    await dialog().getByRole('button', { name: 'Rename By name' }).waitFor();
    expect(
      await dialog()
        .getByRole('button', { name: 'Rename By name' })
        .evaluate((each) => each === document.activeElement),
    ).toBe(true);
    await page.keyboard.press('Enter');
    await field.fill('From the end');
    await page.keyboard.press('Enter');
    await dialog()
      .getByRole('link', { name: /^From the end/ })
      .waitFor();
  });

  it('are the coach’s on another machine too', async () => {
    const other = await openPage({ browser, complaints, context: { viewport: { width: 375, height: 812 } } });
    await signInAt(morning.world.urls.dashboard, { page: other, person: morning.coach });
    await other.getByTestId('roster-row').nth(2).waitFor();
    await openViews(other);
    await viewsAre(2, other);
    await dialog(other)
      .getByRole('link', { name: /^Who is silent/ })
      .click();
    await other.waitForFunction(() => document.querySelectorAll('[data-testid=roster-row]').length === 2);
    await other.context().close();
  });

  it('are deleted after a question', async () => {
    await dialog().getByRole('button', { name: 'Delete From the end' }).click();
    await dialog().getByRole('button', { name: 'Keep' }).click();
    await viewsAre(2);
    for (const name of ['From the end', 'Who is silent']) {
      await dialog()
        .getByRole('button', { name: `Delete ${name}` })
        .click();
      await dialog()
        .getByRole('group', { name: `Delete ${name}` })
        .getByRole('button', { name: 'Delete' })
        .click();
      await dialog()
        .getByRole('group', { name: `Delete ${name}` })
        .waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Your views of this team');
    }
    await dialog().getByText('None is saved yet.').waitFor();
    await page.reload();
    await page.getByTestId('roster-row').nth(2).waitFor();
    await openViews();
    await dialog().getByText('None is saved yet.').waitFor();
  });

  it('complain of nothing', () => expect(complaints).toEqual([]));
});
