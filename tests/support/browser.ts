import { chromium, type Browser } from 'playwright-core';
import { resolveChromium } from '../../embedded/chromium.ts';

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
