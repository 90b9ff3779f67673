import { readFileSync } from 'node:fs';
import { ERRORS } from '#platform/errors';

test('the page of errors lists each code, its status, and whether to try again', () => {
  const page = readFileSync('docs/reference/errors.md', 'utf8');
  const listed = Array.from(page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (yes|no) \|$/gm), ([, code, http, retry]) => [
    code,
    { http: Number(http), retry: retry === 'yes' },
  ]);
  const known = Object.entries(ERRORS).map(([code, { http, retry }]) => [code, { http, retry }]);
  expect(listed).toEqual(known);
});
