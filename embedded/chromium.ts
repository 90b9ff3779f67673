import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { unpackPackage, writeProgram } from './npm-package.ts';
import { readTar } from './tarball.ts';

const run = promisify(execFile);
const decompress = promisify(brotliDecompress);

/** A headless Chromium in a package, with the libraries a bare machine lacks (Linux x64). */
const PACKAGED = {
  name: '@sparticuz/chromium',
  version: '153.0.0',
  sha512: 'jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==',
};

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

export interface Browser {
  path: string;
  env: Record<string, string>;
  from: string;
}

/**
 * A Chromium for the browser tests: CHROMIUM_PATH, an installed one, the packaged one, Debian's package (as root).
 * Throws with every way that was tried and why it did not lead to one.
 */
export async function resolveChromium(options: { cacheDir: string; env?: NodeJS.ProcessEnv }): Promise<Browser> {
  const env = options.env ?? process.env;
  const reasons: string[] = [];
  const ways: [string, () => Promise<Browser | undefined>][] = [
    ['CHROMIUM_PATH', async () => found(env['CHROMIUM_PATH'], 'CHROMIUM_PATH')],
    [
      'an installed browser',
      async () =>
        found(
          INSTALLED.find((path) => existsSync(path)),
          'installed',
        ),
    ],
    ['the packaged browser', () => packaged(resolve(options.cacheDir))],
    ["Debian's package", debian],
  ];
  for (const [way, take] of ways) {
    try {
      const browser = await take();
      if (browser) return browser;
      reasons.push(`${way}: none`);
    } catch (error) {
      reasons.push(`${way}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(`No Chromium was found for the browser tests.\n${reasons.map((reason) => `  ${reason}`).join('\n')}`);
}

function found(path: string | undefined, from: string): Browser | undefined {
  if (path === undefined || path === '') return undefined;
  if (!existsSync(path)) throw new Error(`there is nothing at ${path}`);
  return { path, env: {}, from };
}

async function packaged(cacheDir: string): Promise<Browser | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(cacheDir, `chromium-${PACKAGED.version}`);
  const browser = {
    path: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
    from: 'packaged',
  };
  if (!existsSync(browser.path)) {
    const unpacked = join(folder, 'package');
    await unpackPackage({ package: PACKAGED, folder: unpacked });
    const read = async (name: string): Promise<Buffer> => decompress(await readFile(join(unpacked, 'bin', name)));
    await extract(await read('al2023.tar.br'), folder);
    await extract(await read('fonts.tar.br'), join(folder, 'fonts'));
    await extract(await read('swiftshader.tar.br'), folder);
    // Last: where the program stands, all it needs stands too.
    await writeProgram(browser.path, await read('chromium.br'));
    await rm(unpacked, { recursive: true, force: true });
  }
  await run(browser.path, ['--version'], { env: { ...process.env, ...browser.env } });
  return browser;
}

async function extract(tar: Buffer, into: string): Promise<void> {
  for (const { path, isExecutable, body } of readTar(tar)) {
    const file = join(into, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body, { mode: isExecutable ? 0o755 : 0o644 });
  }
}

async function debian(): Promise<Browser | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  await run('apt-get', ['update']);
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { maxBuffer: 64 * 1024 ** 2 });
  return found('/usr/bin/chromium', "Debian's package");
}
