import { readFileSync } from 'node:fs';
import { createGarmin, garminConfig } from '../../subgraphs/connections/providers/garmin.ts';
import { vendorWith } from '../../subgraphs/connections/providers/vendor.test-support.ts';
import { PROVIDERS, type Provider } from '#platform/signals';
import { TABLES } from '../../subgraphs/health-data/measurements/tables.ts';
import { normaliserOf } from '../../subgraphs/health-data/normalise/registry.ts';
import type { Normaliser } from '../../subgraphs/health-data/normalise/normaliser.ts';
import { closedIn, deliveryOf } from '../../subgraphs/health-data/normalise/normaliser.test-suite.ts';

const page = readFileSync('docs/reference/normalisers.md', 'utf8');

const SECTIONS: readonly [Provider, string][] = [
  ['OURA', 'Oura'],
  ['WHOOP', 'WHOOP'],
  ['GARMIN', 'Garmin'],
  ['STRAVA', 'Strava'],
  ['POLAR', 'Polar'],
  ['APPLE_HEALTH', 'Apple Health'],
  ['GOOGLE_HEALTH', 'Google Health'],
  ['HEALTH_CONNECT', 'Health Connect'],
];

const namesIn = (cell: string): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), (match) => match[1] as string);

/** `| `data type` | `row`, `row` | ... |` of one section. */
function listed(title: string): { dataType: string; rows: string[] }[] {
  const section = page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  return Array.from(section.matchAll(/^\| (`[^|]+`) \| ([^|]+) \|/gm), ([, first = '', second = '']) => ({
    dataType: namesIn(first)[0] ?? '',
    rows: namesIn(second),
  }));
}

const normaliser = (provider: Provider): Normaliser => normaliserOf({ provider, domain: '' }) as Normaliser;

/** Kinds of row that a deletion of this data type closes: all it may give. Its object is a date or an id. */
function closedBy(provider: Provider, dataType: string): string[] {
  const closed = ['2026-11-15', '1794778260', 'id'].flatMap((objectId) => {
    const body = { deleted: { data_type: dataType, object_id: objectId } };
    return closedIn(normaliser(provider).normalise(deliveryOf({ provider, domain: dataType, body })));
  });
  return [...new Set(closed.map((slot) => slot.split(/[ /]/)[0] as string))].sort();
}

describe.each(SECTIONS)('what the page says of %s', (provider, title) => {
  it('names every data type that is read, and no other', () => {
    const names = listed(title).map(({ dataType }) => dataType);
    expect(names.sort()).toEqual([...normaliser(provider).dataTypes].sort());
  });

  it('names the rows that each may give', () => {
    const isPhone = provider === 'APPLE_HEALTH' || provider === 'HEALTH_CONNECT';
    for (const { dataType, rows } of listed(title)) {
      expect(Object.keys(TABLES)).toEqual(expect.arrayContaining(rows));
      const closed = closedBy(provider, dataType);
      // Series and parts of a mean have no object of their own to delete.
      if (closed.length === 0) expect(rows).not.toEqual([]);
      // A night of a phone, or of WHOOP, takes what was measured in it with it, which came as another type.
      else if (isPhone || dataType === 'sleep') expect(closed).toEqual(expect.arrayContaining(rows));
      // Strava's activity takes its streams with it.
      else
        expect(
          closed.filter((kind) => provider !== 'STRAVA' || kind !== 'sample_block' || dataType === 'streams'),
        ).toEqual([...rows].sort());
    }
  });
});

it('every type of Garmin is listed, as read or as archived alone', () => {
  const archived = /^In the archive alone: ([^.]+)\./m.exec(page)?.[1] ?? '';
  const garmin = vendorWith(createGarmin, garminConfig, {
    GARMIN_CLIENT_ID: 'id',
    GARMIN_CLIENT_SECRET: 'the client secret',
    GARMIN_PATH_TOKEN: 'a-path-token-of-a-test',
  });
  const read = listed('Garmin').map(({ dataType }) => dataType);
  const alone = namesIn(archived).filter((name) => !read.includes(name));
  expect([...read, ...alone].sort()).toEqual(garmin.data.resources.map(({ dataType }) => dataType).sort());
});

it('every provider has a section, and every kind of row a line', () => {
  expect(SECTIONS.map(([provider]) => provider).sort()).toEqual([...PROVIDERS].sort());
  expect(
    Array.from(page.matchAll(/^\| `(\w+)` \|[^|]+\| `(?:Athlete|Workout)\./gm), (match) => match[1]).sort(),
  ).toEqual(Object.keys(TABLES).sort());
});
