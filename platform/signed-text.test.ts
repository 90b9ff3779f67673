import { randomBytes } from 'node:crypto';
import { readSignedText, signText } from './signed-text.ts';

const key = randomBytes(32);
const claims = { who: 'Ægir', until: 7 };

test('what was signed is read again', () => {
  expect(readSignedText({ key }, signText({ key }, claims))).toEqual(claims);
  expect(readSignedText({ key, purpose: 'link' }, signText({ key, purpose: 'link' }, claims))).toEqual(claims);
});

test('a text for one purpose is none for another, nor for no purpose at all', () => {
  const link = signText({ key, purpose: 'link' }, claims);
  expect(readSignedText({ key, purpose: 'assertion' }, link)).toBeNull();
  expect(readSignedText({ key }, link)).toBeNull();
  expect(readSignedText({ key, purpose: 'link' }, signText({ key }, claims))).toBeNull();
});

const [payload = '', signature = ''] = signText({ key }, claims).split('.');
const other = Buffer.from(JSON.stringify({ ...claims, until: 8 })).toString('base64url');

test.each([
  ['empty', ''],
  ['without a signature', payload],
  ['with an empty signature', `${payload}.`],
  ['with other claims', `${other}.${signature}`],
  ['with something behind it', `${payload}.${signature}.${signature}`],
  ['of another key', signText({ key: randomBytes(32) }, claims)],
])('a text %s is refused', (_what, text) => {
  expect(readSignedText({ key }, text)).toBeNull();
});
