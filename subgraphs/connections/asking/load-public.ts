import { Agent, request } from 'undici';

const WITHIN_MS = 5_000;
const MAX_BYTES = 256 * 1024;

/**
 * A public document of a vendor's, by an address of our configuration. Throws for any answer but 200, for one that takes
 * longer than five seconds and for one that is too large. Redirects are not followed.
 */
export async function loadPublic(url: string): Promise<Buffer> {
  const agent = new Agent({ maxResponseSize: MAX_BYTES, connect: { timeout: WITHIN_MS } });
  try {
    const { statusCode, body } = await request(url, { dispatcher: agent, signal: AbortSignal.timeout(WITHIN_MS) });
    const bytes = Buffer.from(await body.arrayBuffer());
    if (statusCode !== 200) throw new Error(`${new URL(url).host} answered ${statusCode}`);
    return bytes;
  } finally {
    await agent.destroy();
  }
}
