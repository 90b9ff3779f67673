import { ConfigError } from '#platform/config';
import { isAllowedEndpoint, pushKeysOf } from './push-keys.ts';

const hosts = ['fcm.googleapis.com', '*.push.apple.com'];

describe('an address of a browser', () => {
  it.each(['https://fcm.googleapis.com/fcm/send/x', 'https://web.push.apple.com/x'])('%s is taken', (endpoint) =>
    expect(isAllowedEndpoint(endpoint, { hosts })).toBe(true),
  );

  it.each([
    'http://fcm.googleapis.com/x',
    'https://fcm.googleapis.com:8443/x',
    'https://fcm.googleapis.com@127.0.0.1/x',
    'https://user@fcm.googleapis.com/x',
    'https://fcm.googleapis.com.example.com/x',
    'https://push.apple.com/x',
    'https://evilpush.apple.com.example/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'file:///etc/passwd',
    'nonsense',
  ])('%s is not', (endpoint) => expect(isAllowedEndpoint(endpoint, { hosts })).toBe(false));
});

it('push keys are whole, or there are none', () => {
  const whole = { VAPID_PUBLIC_KEY: 'p', VAPID_PRIVATE_KEY: 's', VAPID_SUBJECT: 'mailto:a@example.com' };
  expect(pushKeysOf({ PUSH_HOSTS: hosts })).toBeNull();
  expect(pushKeysOf({ ...whole, PUSH_HOSTS: hosts })).toEqual({
    ...{ publicKey: 'p', privateKey: 's', subject: 'mailto:a@example.com' },
    hosts,
  });
  for (const name of Object.keys(whole))
    expect(() => pushKeysOf({ ...whole, [name]: undefined, PUSH_HOSTS: hosts })).toThrow(ConfigError);
});
