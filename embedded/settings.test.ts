import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSecrets, type Secrets } from './settings.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'athlete-ally-settings-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('gives secrets of an older version what they lack, and changes nothing that stands there', async () => {
  const made = await loadSecrets(folder);
  const { insights: _, ...older } = made.messageKeys;
  await writeFile(join(folder, 'secrets.json'), JSON.stringify({ ...made, messageKeys: older }));
  const completed = await loadSecrets(folder);
  const { insights, ...kept } = completed.messageKeys;
  expect({ ...completed, messageKeys: kept }).toEqual({ ...made, messageKeys: older });
  expect(insights.id).toBe('insights-1');
  expect(insights.privateKey).not.toBe(made.messageKeys.insights.privateKey);
  const stored = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8')) as Secrets;
  expect(stored).toEqual(completed);
  expect(await loadSecrets(folder)).toEqual(completed);
});
