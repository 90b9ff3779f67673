import { createServer, type AddressInfo, type Server } from 'node:net';
import { createLogger } from '#platform/log';
import { messageOf } from '../alerts/messages.ts';
import { startPushService, type PushService } from './push-service.test-support.ts';
import { createWebPush } from './web-push.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const clock = { now: () => NOW };
const log = createLogger({ name: 'test', level: 'silent' });
const message = messageOf({ accountId: 'a', teamId: null, kinds: ['WEEKLY_SUMMARY'] });

let service: PushService;
/** Stands for everything on this machine: nobody is led to it. */
let inside: Server;
let insideHost: string;
let visits = 0;

beforeAll(async () => {
  service = await startPushService();
  inside = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  insideHost = `127.0.0.1:${(inside.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await service.close();
  await new Promise((resolve) => inside.close(resolve));
});

const browser = () => ({ id: 'b', accountId: 'a', ...service.newBrowser() });
const send = (to: ReturnType<typeof browser>) =>
  createWebPush({ keys: service.keys, clock, log, dispatcher: service.dispatcher }).send({ message, to });

describe('web push', () => {
  it.each([
    [{ status: 201 }, { kind: 'sent' }],
    [{ status: 404 }, { kind: 'gone' }],
    [{ status: 410 }, { kind: 'gone' }],
    [{ status: 400 }, { kind: 'refused' }],
    [{ status: 302, headers: { location: 'https://example.com/' } }, { kind: 'refused' }],
    [{ status: 500 }, { kind: 'later', retryAfterMs: null }],
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { kind: 'later', retryAfterMs: 30_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': 'Fri, 20 Nov 2026 10:05:00 GMT' } },
      { kind: 'later', retryAfterMs: 300_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' } },
      { kind: 'later', retryAfterMs: 0 },
    ],
    [
      { status: 429, headers: { 'retry-after': '999999' } },
      { kind: 'later', retryAfterMs: 21_600_000 },
    ],
    [
      { status: 429, headers: { 'retry-after': 'soon' } },
      { kind: 'later', retryAfterMs: null },
    ],
  ])('takes the answer %j for %j', async (answer, outcome) => {
    service.answers.push(answer);
    expect(await send(browser())).toEqual(outcome);
  });

  it('goes nowhere inside, even where a listed host leads there', async () => {
    const push = createWebPush({ keys: { ...service.keys, hosts: [insideHost, 'localhost'] }, clock, log });
    for (const host of [insideHost, 'localhost'])
      expect(await push.send({ message, to: { ...browser(), endpoint: `https://${host}/x` } })).toEqual({
        kind: 'later',
        retryAfterMs: null,
      });
    expect(visits).toBe(0);
    await push.close();
  });

  it('forgets a browser whose host is listed no more', async () => {
    expect(await send({ ...browser(), endpoint: 'https://elsewhere.example.org/x' })).toEqual({ kind: 'gone' });
  });
});
