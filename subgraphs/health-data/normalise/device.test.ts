import { deviceOf, sharedDevice } from './device.ts';

describe('the device of a measurement', () => {
  it.each([
    [['Forerunner 965'], 'Forerunner 965'],
    [['Example', 'Band 3'], 'Example Band 3'],
    [['Example', 'Example'], 'Example'],
    [['  Vantage\u0000\n V3\u202e '], 'Vantage V3'],
    [['Montre d’Élodie №2'], 'Montre d’Élodie №2'],
    [['x'.repeat(5000)], 'x'.repeat(64)],
    [[null, 7, {}, undefined], undefined],
    [['unknown'], undefined],
    [['\t \u0007'], undefined],
  ])('%j is %j', (words, device) => {
    expect(deviceOf(...words).device).toBe(device);
  });

  it('never ends in half a character', () => {
    const { device } = deviceOf(`${'x'.repeat(63)}🏃`);
    expect(device?.isWellFormed()).toBe(true);
  });

  it('is that of all the parts, or none', () => {
    expect(sharedDevice([{ device: 'a' }, { device: 'a' }])).toEqual({ device: 'a' });
    expect(sharedDevice([{ device: 'a' }, { device: 'b' }])).toEqual({});
    expect(sharedDevice([{ device: 'a' }, {}])).toEqual({});
    expect(sharedDevice([])).toEqual({});
  });
});
