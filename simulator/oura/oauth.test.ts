import { createHash } from 'node:crypto';
import {
  ALL_SCOPES,
  REDIRECT_URI,
  approve,
  ask,
  askToken,
  asked,
  form,
  link,
  read,
  start,
  useWorld,
  world,
} from '../world.test-support.ts';

useWorld();

describe('consent', () => {
  test('the page lists the athletes, preselects the hinted one, and every asked scope can be unticked', async () => {
    const query = asked({ login_hint: 'priya', state: '"><script>' });
    const page = await ask(start(), { url: '/oura/oauth/authorize', query });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<option value="priya" selected>');
    expect(page.body.match(/type="checkbox" name="scope"/g)).toHaveLength(7);
    expect(page.body).not.toContain('"><script>');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('approving redirects with code and state, denying with the error', async () => {
    const simulator = start();
    const approved = await approve(simulator);
    expect(approved.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
    expect(approved.searchParams.get('state')).toBe('a state of 16+ letters');
    const denied = await approve(simulator, { decision: 'deny' });
    expect(denied.searchParams.get('error')).toBe('access_denied');
    expect(denied.searchParams.has('code')).toBe(false);
  });

  test.each([
    ['an address that is not registered', { redirect_uri: `${REDIRECT_URI}/` }],
    ['an unknown application', { client_id: 'other' }],
  ])('is refused without a redirect for %s', async (_name, fields) => {
    for (const method of ['GET', 'POST'] as const) {
      const request = method === 'GET' ? { query: asked(fields) } : form(asked({ ...fields, decision: 'approve' }));
      const answer = await ask(start({ settings: { stateFolder: null } }), {
        method,
        url: '/oura/oauth/authorize',
        ...request,
      });
      expect(answer.statusCode).toBe(400);
      expect(answer.headers.location).toBeUndefined();
    }
  });
});

describe('tokens', () => {
  test('a code works once', async () => {
    const simulator = start();
    const code = (await approve(simulator)).searchParams.get('code') ?? '';
    const ask = () => askToken(simulator, { grant_type: 'authorization_code', code });
    expect((await ask()).statusCode).toBe(200);
    const again = await ask();
    expect(again.statusCode).toBe(400);
    expect(again.json().error).toBe('invalid_grant');
  });

  test('a code ends after ten minutes', async () => {
    const simulator = start();
    const code = (await approve(simulator)).searchParams.get('code') ?? '';
    world.nowMs += 600_000;
    expect((await askToken(simulator, { grant_type: 'authorization_code', code })).statusCode).toBe(400);
  });

  test('a code asked for with a challenge needs its verifier', async () => {
    const simulator = start();
    const verifier = 'a verifier that is long enough for everyone 0123456789';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const ask = async (code_verifier: string) => {
      const target = await approve(simulator, { code_challenge: challenge, code_challenge_method: 'S256' });
      const code = target.searchParams.get('code') ?? '';
      return (await askToken(simulator, { grant_type: 'authorization_code', code, code_verifier })).statusCode;
    };
    expect(await ask(verifier)).toBe(200);
    expect(await ask(`${verifier}!`)).toBe(400);
  });

  test('a refresh token works once and gives a new pair', async () => {
    const simulator = start();
    const first = await link(simulator);
    const ask = () => askToken(simulator, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
    const second = await ask();
    expect(second.json()).toMatchObject({ token_type: 'bearer', expires_in: 86_400, scope: ALL_SCOPES });
    expect(second.json().refresh_token).not.toBe(first.refresh_token);
    expect((await read(simulator, second.json().access_token, 'personal_info')).statusCode).toBe(200);
    const again = await ask();
    expect(again.statusCode).toBe(400);
    expect(again.json().error).toBe('invalid_grant');
  });

  test('wrong client credentials are refused, right ones may come as Basic', async () => {
    const simulator = start();
    const code = (await approve(simulator)).searchParams.get('code') ?? '';
    const wrong = await askToken(simulator, { grant_type: 'authorization_code', code, client_secret: 'wrong' });
    expect(wrong.statusCode).toBe(401);
    const { headers, payload } = form({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI });
    const authorization = `Basic ${Buffer.from('client:secret').toString('base64')}`;
    const right = await ask(simulator, {
      method: 'POST',
      url: '/oura/oauth/token',
      headers: { ...headers, authorization },
      payload,
    });
    expect(right.statusCode).toBe(200);
  });

  test('revoking ends access and refresh token; a second time is 401', async () => {
    const simulator = start();
    const tokens = await link(simulator);
    const revoke = () =>
      ask(simulator, { method: 'POST', url: `/oura/oauth/revoke?access_token=${tokens.access_token}` });
    expect((await revoke()).statusCode).toBe(200);
    expect((await read(simulator, tokens.access_token, 'sleep')).statusCode).toBe(401);
    const refreshed = await askToken(simulator, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(refreshed.statusCode).toBe(400);
    expect((await revoke()).statusCode).toBe(401);
  });
});
