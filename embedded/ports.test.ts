import { createServer } from 'node:net';
import { freePort, freePorts } from './ports.ts';

/** What Linux gives to outgoing connections begins here; elsewhere it is higher. */
const OUTGOING_FROM = 32_768;

it('gives each program two ports of its own, below those of outgoing connections', async () => {
  const ports = Object.values(await freePorts()).flatMap(({ port, metricsPort }) => [port, metricsPort]);
  expect(ports).toHaveLength(10);
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThan(OUTGOING_FROM);
  expect(Math.min(...ports)).toBeGreaterThan(1_024);
});

it('passes over a port that somebody listens on, however often it comes round', async () => {
  const taken = await freePort();
  const other = createServer();
  await new Promise<void>((done) => other.listen(taken, '127.0.0.1', done));
  const asked = [];
  for (let times = 0; times < 1_000; times += 1) asked.push(await freePort());
  expect(asked).not.toContain(taken);
  expect(new Set(asked).size).toBeLessThan(asked.length);
  await new Promise((done) => other.close(done));
});

it('keeps away from ports that are promised to others, though nobody listens there yet', async () => {
  const promised = [await freePort(), await freePort()];
  const asked = [];
  for (let times = 0; times < 1_000; times += 1) asked.push(await freePort(promised));
  expect(asked.filter((port) => promised.includes(port))).toEqual([]);
});
