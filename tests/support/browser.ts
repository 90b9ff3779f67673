import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { resolveChromium } from '../../embedded/chromium.ts';
import { PASSWORD, type Person } from './people.ts';

/** A headless browser that speaks to nobody but the page under test. */
export async function openBrowser(): Promise<Browser> {
  const { path, env } = await resolveChromium({ cacheDir: '.cache' });
  return chromium.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What pages are looked at in: the narrowest of the usual phones, and a laptop. */
export const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 375, height: 812 } };

/** A page of somebody at a machine of their own. What it writes as an error, and what nobody catches, goes to `complaints`. */
export async function openPage(options: {
  browser: Browser;
  complaints: string[];
  context?: BrowserContextOptions;
}): Promise<Page> {
  const { browser, complaints, context } = options;
  const page = await (await browser.newContext({ viewport: SIZES.desktop, ...context })).newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return page;
}

export async function signInAt(url: string, { page, person }: { page: Page; person: Person }): Promise<void> {
  await page.goto(url);
  await signInOn(page, person);
}

/** Fills the sign-in form that the page shows. */
export async function signInOn(page: Page, { email }: Pick<Person, 'email'>): Promise<void> {
  await page.getByLabel(/e-mail/i).fill(email);
  await page.getByLabel(/password/i).fill(PASSWORD);
  await page.getByRole('button', { name: /sign in/i }).click();
}

const PATIENCE_MS = 5_000;

/**
 * What is wider than the screen, by its class; empty on a page that fits. Charts are drawn for a new width a moment after it,
 * so that is waited for.
 */
export async function stickingOut(page: Page): Promise<string[]> {
  const look = () =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return [];
      const all = [...document.querySelectorAll('body *')];
      const wide = all.filter((each) => each.getBoundingClientRect().right > clientWidth);
      return [
        `${scrollWidth} instead of ${clientWidth}`,
        ...wide.map((each) => each.getAttribute('class') ?? each.tagName),
      ];
    });
  const endsAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found.length === 0 || Date.now() > endsAt) return found;
    await page.waitForTimeout(50);
  }
}

/**
 * Holds a page to what hinders nobody at each size, and keeps pictures for a person to look at where SCREENSHOTS names a
 * folder, dark and light: of all of it, or of what is on the screen. Leaves it as a desktop.
 */
export async function lookAt(
  page: Page,
  name: string,
  { hindrances = stickingOut, isWhole = true }: { hindrances?: typeof stickingOut; isWhole?: boolean } = {},
): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of folder === undefined ? [] : (['dark', 'light'] as const)) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png`, fullPage: isWhole });
    }
    expect([size, await hindrances(page)]).toEqual([size, []]);
  }
  await page.setViewportSize(SIZES.desktop);
}
