import { isChaos, seed } from '../../../tests/support/chaos.ts';
import type { Vendor } from './provider.ts';

/** Whole numbers from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** A request as it would come in, its header names in lower case. */
export interface SignedRequest {
  body: Buffer;
  headers: Record<string, string>;
}

/** How a provider signs, as a test signs in its place. */
export interface Signer {
  /** The name of the header that holds the signature, and of the one with the signed time, where there is one. */
  signature: string;
  timestamp?: string;
  /** Of the signature's characters; hex is read without regard to case. */
  encoding: 'hex' | 'base64';
  body(random: Random): string;
  /** A time within the tolerance, as the provider writes it; left out where none is signed. */
  time?(random: Random, now: Date): string;
  /** All headers. `secret` is left out for the right one. */
  sign(signed: { body: Buffer; time: string; secret?: string }): Record<string, string>;
}

/**
 * True requests must be taken and altered ones refused: 500 and 5,000 of them, with `CHAOS=1` 10,000 and 100,000. Answers
 * what went wrong, and the seed beside it, so that a failed comparison prints both.
 */
export async function falselyJudged(options: {
  vendor: Vendor;
  signer: Signer;
  now: Date;
}): Promise<{ seed: number; failures: string[] }> {
  const { vendor, signer, now } = options;
  const random = seeded(seed);
  const times = isChaos ? 20 : 1;
  const failures: string[] = [];
  for (let run = 0; run < 5_500 * times; run += 1) {
    const isAltered = run >= 500 * times;
    const { request, name } = isAltered
      ? alteredRequest({ signer, random, now })
      : { request: trueRequest({ signer, random, now }).request, name: 'true' };
    const { body: rawBody, headers } = request;
    const verification = await vendor.webhook.verify({ rawBody, headers, params: {}, now });
    if (verification.ok === isAltered) failures.push(`run ${run}: ${name}`);
  }
  return { seed, failures };
}

/** Whole numbers below what is asked for, the same for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Making {
  signer: Signer;
  random: Random;
  now: Date;
}

function trueRequest({ signer, random, now }: Making): { request: SignedRequest; time: string } {
  const body = Buffer.from(signer.body(random));
  const time = signer.time?.(random, now) ?? '';
  return { request: { body, headers: signer.sign({ body, time }) }, time };
}

function alteredRequest(making: Making): { request: SignedRequest; name: string } {
  const { signer, random } = making;
  const { request, time } = trueRequest(making);
  const kinds = [
    ...alterationsOfBody(request, random),
    ...alterationsOfSignature(request, making),
    ...alterationsOfTime(request, making),
    [
      'another secret',
      () => (request.headers = signer.sign({ body: request.body, time, secret: `x${random(1e9)}` })),
    ] as const,
  ];
  const [name, change] = kinds[random(kinds.length)] as Alteration;
  change();
  return { request, name };
}

type Alteration = readonly [name: string, change: () => unknown];

const alterationsOfBody = (request: SignedRequest, random: Random): Alteration[] => [
  ['a bit of the body', () => (request.body[random(request.body.length)]! ^= 1 << random(8))],
  ['a byte more', () => (request.body = Buffer.concat([request.body, Buffer.of(random(256))]))],
  ['a byte less', () => (request.body = request.body.subarray(0, -1))],
  ['a digit before the body', () => (request.body = Buffer.concat([Buffer.from(String(random(10))), request.body]))],
];

const ALPHABETS = {
  hex: '0123456789abcdef',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
};

function alterationsOfSignature({ headers }: SignedRequest, { signer, random }: Making): Alteration[] {
  const { signature: name, encoding } = signer;
  const text = headers[name] as string;
  const change = (at: number): string => {
    const same = encoding === 'hex' ? text[at]?.toLowerCase() : text[at];
    const others = [...ALPHABETS[encoding]].filter((letter) => letter !== same);
    return text.slice(0, at) + others[random(others.length)] + text.slice(at + 1);
  };
  return [
    ['a character of the signature', () => (headers[name] = change(random(text.length)))],
    ['the last character of the signature', () => (headers[name] = change(text.replace(/=+$/, '').length - 1))],
    ['a shorter signature', () => (headers[name] = text.slice(0, -2))],
    ['a longer signature', () => (headers[name] += 'AA')],
    ['an empty signature', () => (headers[name] = '')],
    ['no signature', () => delete headers[name]],
  ];
}

function alterationsOfTime({ headers }: SignedRequest, { signer, random }: Making): Alteration[] {
  const { timestamp: name } = signer;
  if (name === undefined) return [];
  const text = headers[name] as string;
  const at = random(text.length);
  const digit = (Number(text[at]) + 1 + random(9)) % 10;
  return [
    ['a digit of the timestamp', () => (headers[name] = text.slice(0, at) + digit + text.slice(at + 1))],
    ['a zero before the timestamp', () => (headers[name] = `0${text}`)],
    ['no timestamp', () => delete headers[name]],
    ['a digit moved to the timestamp', () => (headers[name] += '1')],
  ];
}
