import { PASSWORD, startPeople, type Answer, type People } from './people.test-support.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people?.stop());

const login = (email: string, password: string): Promise<Answer> =>
  people.ask(
    people.anonymous,
    'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { accessToken } }',
    { email, password },
  );

test('ten wrong passwords, then a wait, though the eleventh be right; other people sign in meanwhile', async () => {
  const [victim, other] = [await people.athlete(), await people.coach()];
  for (let n = 0; n < 10; n += 1) expect((await login(victim.email, `wrong ${n}`)).codes).toEqual(['UNAUTHENTICATED']);
  expect((await login(victim.email, PASSWORD)).codes).toEqual(['RATE_LIMITED']);
  expect((await login(other.email, PASSWORD)).codes).toEqual([]);
});

test('right passwords are not counted against the account', async () => {
  const person = await people.athlete();
  for (let n = 0; n < 12; n += 1) expect((await login(person.email, PASSWORD)).codes).toEqual([]);
});

test('an address that registers a hundred accounts in an hour has to wait', async () => {
  const register = (n: number): Promise<Answer> =>
    people.ask(people.anonymous, 'mutation ($input: RegisterInput!) { register(input: $input) { accessToken } }', {
      input: {
        email: `many-${n}@example.org`,
        password: PASSWORD,
        displayName: `Many ${n}`,
        timeZone: 'Europe/Berlin',
        role: 'COACH',
      },
    });
  for (let n = 0; n < 100; n += 1) expect((await register(n)).codes).toEqual([]);
  expect((await register(100)).codes).toEqual(['RATE_LIMITED']);
});
