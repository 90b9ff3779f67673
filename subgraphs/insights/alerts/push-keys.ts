import { hkdfSync } from 'node:crypto';
import { ConfigError } from '#platform/config';
import { keyObject } from '#platform/crypto';
import type { KeyObject } from 'node:crypto';

/** The key pair that our push messages are signed with (VAPID, RFC 8292), and where they may go. */
export interface PushKeys {
  /** A point of P-256, uncompressed, base64url: browsers register with it. */
  publicKey: string;
  privateKey: string;
  /** Whom a push service may write to: mailto: or https:. */
  subject: string;
  /** Hosts of push services; `*.example.com` stands for every host below it. */
  hosts: readonly string[];
}

interface PushConfig {
  VAPID_PUBLIC_KEY?: string | undefined;
  VAPID_PRIVATE_KEY?: string | undefined;
  VAPID_SUBJECT?: string | undefined;
  PUSH_HOSTS: readonly string[];
}

/** Null where none is configured: then nothing is pushed. Throws ConfigError for a part of it. */
export function pushKeysOf(config: PushConfig): PushKeys | null {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = config;
  if (publicKey === undefined && privateKey === undefined) return null;
  if (publicKey === undefined || privateKey === undefined || subject === undefined)
    throw new ConfigError(
      'Push keys are configured in part. Set VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY and VAPID_SUBJECT, or none of them (see docs/reference/configuration.md).',
    );
  return { publicKey, privateKey, subject, hosts: config.PUSH_HOSTS };
}

/** Where a browser may be: https, at the usual port, without a name in it, at a listed host. */
export function isAllowedEndpoint(endpoint: string, { hosts }: Pick<PushKeys, 'hosts'>): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  return hosts.some((host) => (host.startsWith('*.') ? url.host.endsWith(host.slice(1)) : url.host === host));
}

/**
 * The key that registered browsers are sealed under, made of the private key: what is registered with one pair is of no
 * use with another, so they end together.
 */
export const sealingKey = ({ privateKey }: Pick<PushKeys, 'privateKey'>): KeyObject =>
  keyObject(Buffer.from(hkdfSync('sha256', Buffer.from(privateKey, 'base64url'), '', 'athlete-ally/browsers', 32)));

/** By which a row says what it was sealed for. */
export const keyNameOf = ({ publicKey }: Pick<PushKeys, 'publicKey'>): string => publicKey.slice(0, 16);
