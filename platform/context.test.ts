import DataLoader from 'dataloader';
import { renewContext, type RequestContext } from '#platform/context';

test('a renewed context has a new instant, and no loader of it remembers anything', async () => {
  let reads = 0;
  const counting = () => new DataLoader<string, number>(async (keys) => keys.map(() => ++reads));
  const context = { now: new Date(0), access: counting(), planning: { sessions: counting() }, other: 1, none: null };
  const load = () => Promise.all([context.access.load('a'), context.planning.sessions.load('a')]);
  await load();
  await load();
  expect(reads).toBe(2);
  renewContext(context as unknown as RequestContext, new Date(5));
  expect(context.now).toEqual(new Date(5));
  await load();
  expect(reads).toBe(4);
});
