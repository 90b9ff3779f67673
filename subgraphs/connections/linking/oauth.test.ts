import { systemClock } from '#platform/clock';
import { createStrava, stravaConfig } from '../providers/strava.ts';
import { fixture, vendorWith } from '../providers/vendor.test-support.ts';
import { ProviderUnavailable, type AskProvider } from '../sync/ask-provider.ts';
import { GrantLost } from '../vault/vault.ts';
import { refreshTokens } from './oauth.ts';

const vendor = vendorWith(createStrava, stravaConfig, {
  STRAVA_CLIENT_ID: '123456',
  STRAVA_CLIENT_SECRET: 'test_strava_client_secret',
  STRAVA_PATH_TOKEN: 'a-path-token-of-strava',
  STRAVA_VERIFICATION_TOKEN: 'test_strava_verify_token',
});
const { refresh_invalid: dead, refresh } = fixture<{ token_responses: Record<string, { body?: unknown }> }>(
  'strava/account_and_errors.json',
).token_responses;

const refreshWith = (status: number, body: unknown) => {
  const ask: AskProvider = () => Promise.resolve({ status, body: Buffer.from(JSON.stringify(body)) });
  return refreshTokens({ ask, vendor, clock: systemClock, refreshToken: 'rt' });
};

describe('a refresh', () => {
  test('brings the new pair', async () =>
    expect(await refreshWith(200, refresh)).toMatchObject({
      accessToken: 'STRAVA_AT_2_test',
      refreshToken: 'STRAVA_RT_2_test',
    }));

  test.each([
    ["in the vendor's words", dead?.body],
    ['in those of RFC 6749', { error: 'invalid_grant' }],
  ])('that is refused for good, %s, means that the grant is lost', async (_name, body) => {
    await expect(refreshWith(400, body)).rejects.toBeInstanceOf(GrantLost);
  });

  test.each([
    ['our own fault', 400, { errors: [{ resource: 'Application', field: 'client_id', code: 'invalid' }] }],
    ['about nothing we know', 400, { message: 'Bad Request' }],
    ['a page', 404, 'not found'],
  ])('that is refused, %s, is tried again: the grant may live', async (_name, status, body) => {
    await expect(refreshWith(status, body)).rejects.toBeInstanceOf(ProviderUnavailable);
  });
});
