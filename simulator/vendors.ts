import { oura } from './oura/oura.ts';
import type { VendorDefinition } from './vendor/definition.ts';

/** Every vendor that is simulated, in the order in which they are shown. One more is one more line. */
export const VENDORS: readonly VendorDefinition[] = [oura];
