import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SIGNALS } from '#platform/signals';
import { ALERT_KINDS, isAlertOn, isFlagCode, kindsFor } from './kinds.ts';
import { messageOf } from './messages.ts';

const uuid = fc.uuid();
/** What would tell something of somebody: a number, a signal, a state of one. */
const TELLING = new RegExp(
  `\\d|${SIGNALS.map((signal) => signal.replaceAll('_', ' ')).join('|')}|heart|sleep|hrv|resting|load|debt|score|readiness|low|high|ill|bpm|hour|minute`,
  'i',
);

describe('a message', () => {
  it('tells nothing to whoever reads it over a shoulder, whatever it is about', () => {
    fc.assert(
      fc.property(
        uuid,
        fc.option(uuid),
        fc.subarray([...ALERT_KINDS], { minLength: 1 }),
        (accountId, teamId, kinds) => {
          const { title, body } = messageOf({ accountId, teamId, kinds });
          expect(`${title} ${body}`).not.toMatch(TELLING);
        },
      ),
    );
  });

  it('reads the same for every flag: which one it is, is told by the page', () => {
    for (const teamId of [null, 'team']) {
      const flags = ALERT_KINDS.slice(0, ALERT_KINDS.indexOf('PROVIDER_RECONNECT'));
      const texts = flags.map((kind) => messageOf({ accountId: 'a', teamId, kinds: [kind] }).body);
      expect(new Set(texts).size).toBe(1);
    }
  });

  it('leads to the page where the most urgent of it is seen', () => {
    const own = { accountId: 'a', teamId: null };
    expect(messageOf({ ...own, kinds: ['WEEKLY_SUMMARY', 'PROVIDER_RECONNECT'] })).toMatchObject({
      body: 'One of your connections needs you again.',
      url: '/#/connect',
    });
    expect(messageOf({ ...own, kinds: ['PROVIDER_RECONNECT', 'ILLNESS_PATTERN'] })).toMatchObject({
      body: 'Something on your page is worth a look.',
      url: '/#/',
    });
    expect(messageOf({ accountId: 'a', teamId: 't', kinds: ['WEEKLY_SUMMARY'] }).url).toBe('/#/team/t');
  });

  it('has one topic per person and team, of which no id can be read', () => {
    const topicOf = (accountId: string, teamId: string | null): string =>
      messageOf({ accountId, teamId, kinds: ['READINESS_LOW'] }).topic;
    const topics = [topicOf('a', null), topicOf('a', 't'), topicOf('b', 't')];
    expect(new Set(topics).size).toBe(3);
    for (const topic of topics) expect(topic).toMatch(/^[\w-]{32}$/);
  });
});

it('the reference page tells of every kind that is no flag, with its default', () => {
  const page = readFileSync('docs/reference/alerts.md', 'utf8');
  const told = Array.from(
    page.matchAll(/^\| `([A-Z_]+)` \| (athlete|both) \| (yes|no) \|/gm),
    ([, kind, who, isOn]) => [kind, who, isOn === 'yes'],
  );
  const others = ALERT_KINDS.filter((kind) => !isFlagCode(kind)).map((kind) => [
    kind,
    kindsFor('COACH').includes(kind) ? 'both' : 'athlete',
    isAlertOn({ role: 'ATHLETE', kind, choices: new Map() }),
  ]);
  expect(told).toEqual(others);
});

it('a coach is told of flags and of the week, and nothing of an athlete’s own day', () => {
  expect(kindsFor('COACH')).not.toContain('SLEEP_NUDGE');
  expect(kindsFor('COACH').at(-1)).toBe('WEEKLY_SUMMARY');
  expect(kindsFor('ATHLETE')).toEqual(ALERT_KINDS);
  // The clock's statements take these for on.
  for (const role of ['ATHLETE', 'COACH'] as const)
    expect(isAlertOn({ role, kind: 'WEEKLY_SUMMARY', choices: new Map() })).toBe(true);
});
