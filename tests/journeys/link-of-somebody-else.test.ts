import { beginLink, comeBack, openCallback, type AskAsAthlete } from '../../embedded/consent-walk.ts';
import { callbackOf, startOuraVendor, vendorEnv, type OuraVendor } from '../support/oura-vendor.ts';
import { register, type Person } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

const VICTIM_AT_OURA = 'oura-user-of-the-victim';
const CONFIRM = 'mutation ($handle: String!) { confirmProviderLink(handle: $handle) { provider state } }';

let vendor: OuraVendor;
let world: World;
let attacker: Person;
let victim: Person;
const secrets: string[] = [];

beforeAll(async () => {
  vendor = await startOuraVendor();
  world = await createWorld({ programs: ['connections', 'health-data', 'gateway'], env: vendorEnv(vendor) });
  [attacker, victim] = await Promise.all([register(world, 'ATHLETE'), register(world, 'ATHLETE')]);
});
afterAll(async () => {
  await world?.stop();
  await vendor?.close();
});

const asking =
  (person: Person): AskAsAthlete =>
  (query, variables) =>
    world.ask(query, variables, person.token);

/** The attacker begins, the victim opens the link and says yes at Oura. What the victim's browser then holds. */
async function lured(): Promise<string> {
  const callback = callbackOf(await beginLink({ ask: asking(attacker), provider: 'OURA' }), VICTIM_AT_OURA);
  const arrival = await openCallback(callback);
  expect([...arrival.keys()]).toEqual(['provider', 'confirm']);
  const handle = arrival.get('confirm') as string;
  secrets.push(callback.searchParams.get('state') as string, `${VICTIM_AT_OURA}.code`, handle);
  return handle;
}

const confirmAs = async (handle: string, token?: string): Promise<string | undefined> =>
  (await world.graph(CONFIRM, { handle }, token)).errors[0]?.extensions.code;

const connectionsOf = async (person: Person): Promise<unknown[]> => {
  const { viewer } = await world.ask<{ viewer: { athlete: { connections: unknown[] } } }>(
    '{ viewer { athlete { connections { provider } } } }',
    {},
    person.token,
  );
  return viewer.athlete.connections;
};

const codesTaken = (): number => vendor.requests.filter((request) => request === 'POST /oauth/token').length;

describe('a link that somebody else began', () => {
  it('links nothing when the victim is signed in: refused, and gone for the attacker as well', async () => {
    const handle = await lured();
    expect(await confirmAs(handle, victim.token)).toBe('NOT_FOUND');
    expect(await confirmAs(handle, attacker.token)).toBe('NOT_FOUND');
  });

  it('links nothing when nobody is signed in, and nothing once the victim signs in', async () => {
    const handle = await lured();
    expect(await confirmAs(handle)).toBe('UNAUTHENTICATED');
    expect(await confirmAs(handle, victim.token)).toBe('NOT_FOUND');
  });

  it('leaves neither of them connected, and the code was never given to the provider', async () => {
    expect(await connectionsOf(attacker)).toEqual([]);
    expect(await connectionsOf(victim)).toEqual([]);
    expect(codesTaken()).toBe(0);
  });

  it('leaves nothing in logs by which it could be taken up again', async () => {
    const logs = await Promise.all((['connections', 'gateway'] as const).map((name) => world.logOf(name)));
    expect(logs.join('\n')).toContain('a return was confirmed by somebody else');
    for (const secret of secrets) expect(logs.join('\n')).not.toContain(secret);
  });

  it('does not keep the victim from connecting their own', async () => {
    const ask = asking(victim);
    await comeBack({ ask, callback: callbackOf(await beginLink({ ask, provider: 'OURA' }), VICTIM_AT_OURA) });
    expect(await connectionsOf(victim)).toEqual([{ provider: 'OURA' }]);
  });
});
