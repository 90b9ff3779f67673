import { readPhases } from './phases.ts';

const read = (phases30S: unknown, phases5Min: unknown, periodS: number) =>
  readPhases({ phases30S, phases5Min, periodS });

describe('wakes', () => {
  it.each([
    // phases (30 s), wakes, waso min, over five minutes
    ['442211443311224422', 2, 2, 0],
    [`44${'2'.repeat(10)}44`, 0, 0, 0],
    [`2${'4'.repeat(10)}2`, 1, 5, 0],
    [`2${'4'.repeat(11)}2`, 1, 5.5, 1],
    ['1', 0, 0, 0],
  ])(
    '%s: awake before the first and after the last sleep does not count',
    (phases, wakeCount, wasoMin, awakeningsOver5Min) => {
      expect(read(phases, null, phases.length * 30)).toEqual({
        stages: { epochS: 30, phases },
        wakeCount,
        wasoMin,
        awakeningsOver5Min,
        flag: null,
      });
    },
  );

  it('of a period without sleep are unknown, not 0', () => {
    expect(read('4444', null, 120)).toMatchObject({ wakeCount: null, wasoMin: null, flag: null });
  });
});

describe('which string counts', () => {
  it('the 5-minute string stands in for a missing, unreadable or partial 30-second one', () => {
    for (const other of [null, undefined, '22x2', 7, '2222']) {
      expect(read(other, '4224224', 2000)).toMatchObject({ stages: { epochS: 300 }, wakeCount: 1, wasoMin: 5 });
    }
  });

  it('a string of part of the period is kept and counts nothing', () => {
    expect(read(null, '42113', 28_800)).toMatchObject({
      stages: { phases: '42113' },
      wakeCount: null,
      flag: 'stages_partial',
    });
  });

  it('a string longer than the period, or of other characters, is not kept', () => {
    for (const phases of ['2'.repeat(200), '2252', '', {}]) {
      expect(read(phases, null, 600)).toMatchObject({ stages: null, wakeCount: null, flag: 'stages_unreadable' });
    }
  });

  it('without any string nothing is known and nothing is odd', () => {
    expect(read(null, undefined, 600)).toEqual({
      stages: null,
      wakeCount: null,
      wasoMin: null,
      awakeningsOver5Min: null,
      flag: null,
    });
  });
});
