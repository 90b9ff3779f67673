import { chromium, type Browser, type Page } from 'playwright-core';
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
