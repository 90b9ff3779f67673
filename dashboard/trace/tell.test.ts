import { tell, type Step } from './tell.ts';

const step = (part: Partial<Step>): Step => ({
  at: null,
  provider: 'OURA',
  stage: 'SEEN',
  outcome: 'RECEIVED',
  reason: null,
  explanation: '',
  deliveryId: 'd1',
  domain: 'sleep',
  repeats: 0,
  until: null,
  ...part,
});
const stored = (domain: string, deliveryId = 'd1') => step({ stage: 'STORED', outcome: 'STORED', domain, deliveryId });

describe('telling a trace', () => {
  it('answers with what is there', () => {
    const [day] = tell([step({}), stored('sleep'), stored('hrv'), stored('hrv', 'd2')]);
    expect(day?.stories[0]?.steps.at(-1)?.explanation).toBe('Your sleep and HRV of this day are stored.');
    expect([day?.tone, day?.summary]).toEqual(['good', 'Here for this day: sleep and HRV.']);
    expect(day?.stories.map(({ title, steps }) => [title, steps.length])).toEqual([
      ['Sleep', 2],
      ['HRV', 1],
    ]);
  });

  it.each([
    ['problem', [step({ stage: 'FETCHED', outcome: 'MISSING_PERMISSION' })], /did not get through/],
    [
      'problem',
      [step({ stage: 'CONNECTION', outcome: 'NEEDS_RECONNECT' }), stored('sleep')],
      /Here for this day: sleep/,
    ],
    [
      'problem',
      [
        step({ stage: 'CONNECTION', outcome: 'UNPLACED', deliveryId: null }),
        step({ stage: 'REFUSED', outcome: 'REJECTED' }),
      ],
      /^Something did not get through/,
    ],
    [
      'good',
      [step({ stage: 'CONNECTION', outcome: 'SHORTENED', deliveryId: null }), stored('sleep')],
      /^Here for this day: sleep\.$/,
    ],
    ['waiting', [stored('sleep'), step({ outcome: 'WAITING', deliveryId: 'd2' })], /on its way/],
    ['note', [step({ stage: 'FETCHED', outcome: 'NOT_USED' })], /held nothing for this day/],
    ['nothing', [step({ stage: 'CONNECTION', outcome: 'NOTHING_RECEIVED', deliveryId: null })], /Nothing has come/],
  ] as const)('is %s when the worst of it is', (tone, steps, summary) => {
    const [day] = tell(steps);
    expect(day?.tone).toBe(tone);
    expect(day?.summary).toMatch(summary);
  });

  it('keeps providers apart, and knows the one that is none', () =>
    expect(tell([step({}), step({ provider: null, stage: 'CONNECTION', outcome: 'NOT_CONNECTED' })])).toMatchObject([
      { provider: 'OURA' },
      { provider: null, tone: 'problem', stories: [] },
    ]));
});
