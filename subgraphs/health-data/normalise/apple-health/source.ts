import { isItem } from '../normaliser.ts';

/** Who recorded a sample: one name per app and device, and how far it is believed (lower first). */
export type AppleSource = { source: string; rank: number };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The Watch sits on the wrist day and night, so it comes before the iPhone, and both before other apps. */
export function sourceOf(value: unknown): AppleSource {
  const { bundleIdentifier, productType, deviceModel, name } = isItem(value) ? value : {};
  const device = `${textOf(productType)} ${textOf(deviceModel)}`;
  const rank = /watch/i.test(device) ? 0 : /iphone/i.test(device) ? 1 : 2;
  return { source: [bundleIdentifier, productType, deviceModel, name].map(textOf).join('|'), rank };
}
