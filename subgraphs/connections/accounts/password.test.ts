import { publicError } from '#platform/errors';
import { createPasswords } from './password.ts';

const quick = { logN: 10, r: 8, p: 1 };

test('a password opens its own hash and no other does', async () => {
  const passwords = createPasswords();
  const encoded = await passwords.hash('correct horse battery');
  expect(await passwords.verify({ password: 'correct horse battery', encoded })).toEqual({
    isCorrect: true,
    isOutdated: false,
  });
  expect((await passwords.verify({ password: 'correct horse batterz', encoded })).isCorrect).toBe(false);
  expect(encoded).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
});

test('the same password is stored differently each time', async () => {
  const passwords = createPasswords({ cost: quick });
  expect(await passwords.hash('correct horse battery')).not.toBe(await passwords.hash('correct horse battery'));
});

test('a hash of a lower cost still opens, and is known to be outdated', async () => {
  const encoded = await createPasswords({ cost: quick }).hash('correct horse battery');
  const today = createPasswords({ cost: { ...quick, logN: 11 } });
  expect(await today.verify({ password: 'correct horse battery', encoded })).toEqual({
    isCorrect: true,
    isOutdated: true,
  });
  expect(await today.verify({ password: 'another horse battery', encoded })).toEqual({
    isCorrect: false,
    isOutdated: false,
  });
});

test('a letter typed as one sign or as two is the same password', async () => {
  const passwords = createPasswords({ cost: quick });
  const encoded = await passwords.hash('Zu\u0308rich am Morgen');
  expect((await passwords.verify({ password: 'Z\u00fcrich am Morgen', encoded })).isCorrect).toBe(true);
});

test('no account is never opened, and takes as long as a wrong password', async () => {
  const passwords = createPasswords({ cost: { logN: 13, r: 8, p: 1 } });
  const encoded = await passwords.hash('correct horse battery');
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  for (let round = 0; round < 9; round += 1) {
    for (const kind of ['known', 'unknown'] as const) {
      const started = performance.now();
      const { isCorrect } = await passwords.verify({
        password: 'wrong horse battery',
        encoded: kind === 'known' ? encoded : null,
      });
      times[kind].push(performance.now() - started);
      expect(isCorrect).toBe(false);
    }
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[4] as number;
  const ratio = median(times.unknown) / median(times.known);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});

test('a crowd is served in turns, and what would wait too long is refused with a reason', async () => {
  const passwords = createPasswords({ cost: quick });
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash('correct horse battery')));
  const refused = results.filter((result) => result.status === 'rejected');
  expect(results.length - refused.length).toBe(66);
  for (const result of refused) expect(publicError(result.reason).code).toBe('RATE_LIMITED');
  await expect(passwords.hash('correct horse battery')).resolves.toMatch(/^\$scrypt/);
});
