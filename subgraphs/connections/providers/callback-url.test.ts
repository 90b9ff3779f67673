import { allowedCallback } from './callback-url.ts';

const HOSTS = ['apis.garmin.com', '127.0.0.1:4010', '[::1]:4010', 'plain.example:8080'];
const allowed = (text: unknown) => allowedCallback(text, HOSTS);

test.each([
  'https://apis.garmin.com/wellness-api/rest/sleeps?uploadStartTimeInSeconds=1&token=t',
  'https://apis.garmin.com:443/x',
  'HTTPS://APIS.GARMIN.COM/x',
  'http://127.0.0.1:4010/garmin/x',
  'https://127.0.0.1:4010/garmin/x',
  'http://[::1]:4010/x',
])('%s may be asked', (text) => expect(allowed(text)).toBe(new URL(text).href));

test.each([
  ['plain', 'http://apis.garmin.com/x'],
  ['plain, to a listed host that is not this machine', 'http://plain.example:8080/x'],
  ['another port', 'https://apis.garmin.com:8443/x'],
  ['the port of this machine that is not listed', 'http://127.0.0.1:5432/'],
  ['another name of this machine', 'http://localhost:4010/x'],
  ['this machine as a number', 'http://2130706433:5432/'],
  ['a name below', 'https://x.apis.garmin.com/'],
  ['a name behind', 'https://apis.garmin.com.example.com/'],
  ['a dot behind', 'https://apis.garmin.com./x'],
  ['a user', 'https://apis.garmin.com@127.0.0.1/'],
  ['a user before the right host', 'https://u@apis.garmin.com/'],
  ['a password before the right host', 'https://u:p@apis.garmin.com/'],
  ['an empty user that hides the host', 'https://apis.garmin.com:443@evil.example/'],
  ['a fragment', 'https://apis.garmin.com/#@evil.example'],
  ['backslashes', 'https:\\\\apis.garmin.com\\x'],
  ['a backslash before the path', 'https://evil.example\\@apis.garmin.com/'],
  ['a line break', 'https://apis.garmin.com/\r\nx: y'],
  ['a tab in the host', 'https://apis.gar\tmin.com/'],
  ['letters that look like it', 'https://apis.gаrmin.com/'],
  ['another scheme', 'ftp://apis.garmin.com/'],
  ['a file', 'file:///etc/passwd'],
  ['no address', 'apis.garmin.com/x'],
  ['too long', `https://apis.garmin.com/${'x'.repeat(2_048)}`],
  ['metadata', 'http://169.254.169.254/latest/meta-data'],
  ['nothing', ''],
  ['a list', ['https://apis.garmin.com/x']],
  ['a number', 7],
])('an address with %s may not', (_name, text) => expect(allowed(text)).toBeNull());

test('with no hosts nothing may be asked', () => expect(allowedCallback('https://apis.garmin.com/', [])).toBeNull());
