import { AppError } from './errors.ts';
import { requireAthlete, signAssertion, verifyAssertion, type Viewer } from './identity.ts';

const key = Buffer.alloc(32, 1);
const viewer: Viewer = { kind: 'account', accountId: 'c1', sessionId: 's1', role: 'COACH', athleteId: null };
const body = '{"query":"{ viewer { id } }"}';
const sign = (parts: { key?: Buffer; body?: string } = {}): string =>
  signAssertion({ key: parts.key ?? key, viewer, requestId: 'r1', body: parts.body ?? body });

describe("the gateway's assertion", () => {
  it('carries viewer and request to the subgraph it was made for', () => {
    expect(verifyAssertion({ key, assertion: sign(), body })).toEqual({ viewer, requestId: 'r1' });
  });

  it('carries the address of the client, where there is one', () => {
    const assertion = signAssertion({ key, viewer, requestId: 'r1', clientAddress: '192.0.2.1', body });
    expect(verifyAssertion({ key, assertion, body })).toEqual({ viewer, requestId: 'r1', clientAddress: '192.0.2.1' });
  });

  it.each([
    ['nothing at all', undefined],
    ['several headers', [sign(), sign()]],
    ['an empty text', ''],
    ["another subgraph's key", sign({ key: Buffer.alloc(32, 2) })],
    ['an assertion over another body', sign({ body: '{}' })],
    ['a changed payload', sign().replace(/^../, 'ee')],
    ['a cut signature', sign().slice(0, -2)],
    ['an appended part', `${sign()}.x`],
  ])('is refused when it is %s', (_name, assertion) => {
    expect(() => verifyAssertion({ key, assertion, body })).toThrow(AppError);
  });

  it('is refused after half a minute', () => {
    const assertion = sign();
    jest.useFakeTimers({ now: Date.now() + 31_000 });
    try {
      expect(() => verifyAssertion({ key, assertion, body })).toThrow(AppError);
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells a coach from an athlete', () => {
    expect(() => requireAthlete(viewer)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(() => requireAthlete({ kind: 'anonymous' })).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(requireAthlete({ ...viewer, role: 'ATHLETE', athleteId: 'a1' })).toBe('a1');
  });
});
