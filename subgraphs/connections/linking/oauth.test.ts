import { systemClock } from '#platform/clock';
import { createLogger } from '#platform/log';
import { createGoogleHealth, googleHealthConfig } from '../providers/google-health.ts';
import { createStrava, stravaConfig } from '../providers/strava.ts';
import { fixture, vendorWith } from '../providers/vendor.test-support.ts';
import { ProviderUnavailable, type AskProvider } from '../asking/ask-provider.ts';
import { GrantLost } from '../vault/vault.ts';
import { exchangeCode, refreshTokens, revokeAtProvider } from './oauth.ts';

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

describe('a revocation', () => {
  const AWAY = 'away';
  /** The answers to the calls of Strava's two forms, in their order. What was asked, and what came of it. */
  async function revokeWith(...answers: (number | typeof AWAY)[]) {
    const asked: string[] = [];
    const ask: AskProvider = ({ name }, { url }) => {
      const answer = answers[asked.length];
      asked.push(new URL(url).pathname);
      if (typeof answer === 'number') return Promise.resolve({ status: answer, body: Buffer.from('{}') });
      return Promise.reject(new ProviderUnavailable(name, new Date()));
    };
    const tokens = { accessToken: 'at', refreshToken: 'rt', accessExpiresAt: new Date() };
    const ending = await revokeAtProvider({ ask, vendor, grant: { ...tokens, providerUserId: '1' } });
    return { ending, asked };
  }
  const BOTH = ['/oauth/revoke', '/oauth/deauthorize'];

  test('is over with the first form that is taken', async () =>
    expect(await revokeWith(200)).toEqual({ ending: 'revoked', asked: BOTH.slice(0, 1) }));

  test.each([
    ['revoked', [401, 200], 'the client was refused, the token alone ends the grant'],
    ['revoked', [404, 200], 'the form is unknown'],
    ['revoked', [AWAY, 200], 'the form is away'],
    ['token_ended', [401, 401], 'neither takes it'],
    ['token_ended', [401, 400], 'the client was refused'],
    ['token_ended', [400, 401], 'the token has ended'],
    ['unavailable', [401, AWAY], 'the second form may still take it'],
    ['unavailable', [AWAY, 401], 'the first form may still take it'],
    ['unavailable', [AWAY, AWAY], 'nobody answers'],
    ['not_taken', [400, 404], 'both are refused for good'],
  ] as const)('is %s after %j: %s', async (ending, answers, _why) =>
    expect(await revokeWith(...answers)).toEqual({ ending, asked: BOTH }),
  );
});

describe('a code of a provider that names itself', () => {
  const google = vendorWith(
    (config) =>
      createGoogleHealth(config, {
        load: () => Promise.reject(new Error('nothing is loaded here')),
        log: createLogger({ name: 'test', level: 'silent' }),
      }),
    googleHealthConfig,
    {
      GOOGLE_HEALTH_CLIENT_ID: 'test_google_client_id',
      GOOGLE_HEALTH_CLIENT_SECRET: 'test_google_client_secret',
      GOOGLE_HEALTH_AUTHORIZATION: 'Bearer test-google-health-endpoint-secret',
    },
  );
  const { account } = fixture<{ account: { token: { scope: string } } }>(
    'google_health/account_and_notifications.json',
  );
  let sent = '';
  const exchange = (iss: string) =>
    exchangeCode({
      // An ID token comes where the project was once granted sign-in. Nobody asked for it.
      ask(_vendor, { body = '' }) {
        sent = body;
        return Promise.resolve({
          status: 200,
          body: Buffer.from(JSON.stringify({ ...account.token, id_token: 'not.for.us' })),
        });
      },
      vendor: google,
      clock: systemClock,
      callback: new URLSearchParams({ code: 'c', state: 's', iss }),
      state: 's',
      redirectUri: 'https://hooks.example.com/v1/oauth/google-health/callback',
      codeVerifier: 'v'.repeat(43),
    });

  test('brings its tokens, for the proof key', async () => {
    expect(await exchange('https://accounts.google.com')).toMatchObject({
      accessToken: 'GH_AT_1_test',
      scopes: account.token.scope.split(' '),
    });
    expect(new URLSearchParams(sent).get('code_verifier')).toBe('v'.repeat(43));
  });

  test('is not taken where another sent it', async () => {
    sent = '';
    await expect(exchange('https://accounts.example.com')).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(sent).toBe('');
  });
});
