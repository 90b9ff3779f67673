import type { FastifyInstance } from 'fastify';
import { sendProblem } from '#platform/http';
import type { Logger } from '#platform/log';
import type { Vendors } from '../providers/registry.ts';
import type { Arrival, Linking } from './linking.ts';

/**
 * `GET /v1/oauth/{provider}/callback`: where a provider's consent page sends the browser. Whose browser it is nobody knows
 * here, so nothing is linked: it goes on to the dashboard, with the handle under which the signed-in athlete confirms, or
 * with one word. Code and state stay out of that address and out of logs.
 */
export function addOauthCallback(
  server: FastifyInstance,
  options: { vendors: Vendors; linking: Linking; dashboardUrl: string; log: Logger },
): void {
  const { vendors, linking, dashboardUrl, log } = options;
  server.get<{ Params: { provider: string } }>('/v1/oauth/:provider/callback', async (request, reply) => {
    const vendor = vendors.named(request.params.provider);
    if (!vendor)
      return sendProblem(reply, {
        status: 404,
        code: 'not_found',
        detail: 'No provider sends people to this address.',
      });
    const at = request.raw.url?.indexOf('?') ?? -1;
    const callback = new URLSearchParams(at < 0 ? '' : request.raw.url?.slice(at + 1));
    const started = performance.now();
    let arrival: Arrival = { refusal: 'failed' };
    try {
      arrival = await linking.arrive({ vendor, callback });
    } catch (error) {
      // A person waits in a browser: they are sent back whatever happened, and the reason is in the log.
      log.error({ err: error, requestId: request.id, provider: vendor.slug }, 'a return could not be kept');
    }
    const [field, word] = 'handle' in arrival ? ['confirm', arrival.handle] : ['result', arrival.refusal];
    const result = 'handle' in arrival ? 'waiting' : arrival.refusal;
    log.info(
      { provider: vendor.slug, result, durationMs: Math.round(performance.now() - started) },
      'somebody came back from a provider',
    );
    return reply
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .redirect(`${dashboardUrl}#/connect?provider=${vendor.slug}&${field}=${word}`, 303);
  });
}
