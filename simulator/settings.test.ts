import { z } from 'zod';
import { settingsFrom, simulatorConfig } from './settings.ts';

const PORTS = { PORT: '0', METRICS_PORT: '0' };
const read = (env: Record<string, string>) => settingsFrom(z.object(simulatorConfig).parse({ ...PORTS, ...env }));
const OURA = { OURA_CLIENT_ID: 'id', OURA_CLIENT_SECRET: 'secret' };

describe('the environment', () => {
  test('gives a vendor with credentials its own defaults, and leaves out one without', () => {
    const { vendors, stateFolder, seed } = read(OURA);
    expect([stateFolder, seed]).toEqual([null, 1]);
    expect(vendors).toEqual({
      oura: {
        clientId: 'id',
        clientSecret: 'secret',
        redirectUris: ['http://127.0.0.1:4001/v1/oauth/oura/callback'],
        accessTokenSec: 86_400,
        rateLimit: 5000,
        own: { TIMESTAMP_UNIT: 'seconds' },
      },
    });
  });

  test('changes what is the vendor’s, and takes several redirect addresses', () => {
    const { vendors } = read({
      ...OURA,
      OURA_REDIRECT_URIS: 'https://a.example/cb, https://b.example/cb',
      OURA_RATE_LIMIT: '7',
      OURA_TIMESTAMP_UNIT: 'milliseconds',
    });
    expect(vendors['oura']).toMatchObject({
      redirectUris: ['https://a.example/cb', 'https://b.example/cb'],
      rateLimit: 7,
      own: { TIMESTAMP_UNIT: 'milliseconds' },
    });
  });

  test('without credentials of any vendor is refused, with what to set', () => {
    expect(() => read({ OURA_CLIENT_ID: 'id' })).toThrow(/OURA_CLIENT_SECRET/);
  });
});
