import type { Provider } from '#platform/signals';
import type { Normaliser } from './normaliser.ts';
import { oura } from './oura.ts';

/** A new provider is one line here. */
export const NORMALISERS: ReadonlyMap<Provider, Normaliser> = new Map([['OURA', oura]]);
