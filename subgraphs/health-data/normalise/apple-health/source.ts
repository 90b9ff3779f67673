import { type Measured, deviceOf } from '../device.ts';
import { isItem } from '../normaliser.ts';

/** Who recorded a sample: one name per app and device, and how far it is believed (lower first). */
export type AppleSource = Measured & { source: string; rank: number };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The Watch sits on the wrist day and night, so it comes before the iPhone, and both before other apps. */
export function sourceOf(value: unknown): AppleSource {
  const { bundleIdentifier, productType, deviceModel, name } = isItem(value) ? value : {};
  const device = `${textOf(productType)} ${textOf(deviceModel)}`;
  const rank = /watch/i.test(device) ? 0 : /iphone/i.test(device) ? 1 : 2;
  const identity = [bundleIdentifier, productType, deviceModel, name].map(textOf).join('|');
  return { source: identity, rank, ...named(productType, deviceModel, bundleIdentifier) };
}

/** The first that is there: Apple's word for the model ("Watch6,2"), or the app. `name` is the owner's and is left out. */
const named = (...words: readonly unknown[]): Measured =>
  words.map((word) => deviceOf(word)).find(({ device }) => device !== undefined) ?? {};
