import { runProcess } from '#platform/process';
import { createSimulator } from './server.ts';
import { settingsFrom, simulatorConfig } from './settings.ts';

await runProcess({
  name: 'simulator',
  config: simulatorConfig,
  start: async ({ config, log, shutdown }) => {
    const systemNow = (): number => Date.now() + config.CLOCK_OFFSET_MS;
    const simulator = createSimulator({ settings: settingsFrom(config), log, systemNow });
    shutdown.add('http', () => simulator.close());
    await simulator.listen({ host: config.HOST, port: config.PORT });
  },
});
