import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { archivePlace, orUnavailable, requireKey, requirePrefix, type Archive } from '#platform/archive';

const CONNECT_WITHIN_MS = 2_000;
/** Of 13 MiB at the most: the largest body there is, in base64. */
const ANSWER_WITHIN_MS = 20_000;
/** The archiver comes again by itself; a second try at once only bridges a lost connection. */
const TRIES = 2;
const SOCKETS = 50;
const PRECONDITION_FAILED = 412;

export interface S3Place {
  bucket: string;
  /** Empty, or ends with a slash. */
  prefix: string;
  /** null: as AWS's own configuration says (AWS_REGION, profile); a store that is not AWS seldom cares. */
  region: string | null;
  /** null: AWS itself. */
  endpoint: string | null;
}

/** Encryption at rest by the store, on top of our own: `AES256` under its keys, `aws:kms` under one of yours. */
export interface S3Encryption {
  kind: 'AES256' | 'aws:kms';
  kmsKeyId?: string | undefined;
}

/**
 * The archive as a bucket of AWS S3 or of a store that speaks its protocol and honours `If-None-Match: *`. Credentials come
 * by the SDK's default chain (environment, web identity, container, instance). Listing ascends by key, as S3 promises.
 */
export function openS3Archive(options: { place: S3Place; encryption: S3Encryption }): Archive {
  const { bucket, prefix, region, endpoint } = options.place;
  const client = new S3Client({
    ...(region === null && endpoint === null ? {} : { region: region ?? 'us-east-1' }),
    // A host name per bucket is AWS's own; other stores are asked by path.
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: TRIES,
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MS,
      requestTimeout: ANSWER_WITHIN_MS,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: SOCKETS },
      httpsAgent: { maxSockets: SOCKETS },
    },
  });
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + requireKey(key) });
  const encryption = {
    ServerSideEncryption: options.encryption.kind,
    ...(options.encryption.kmsKeyId === undefined ? {} : { SSEKMSKeyId: options.encryption.kmsKeyId }),
  };
  return {
    async put(key, body) {
      const where = at(key);
      return orUnavailable('store', async () => {
        try {
          await client.send(
            new PutObjectCommand({
              ...where,
              ...encryption,
              Body: body,
              ContentType: key.endsWith('.json') ? 'application/json' : 'application/octet-stream',
              IfNoneMatch: '*',
            }),
          );
          return 'stored';
        } catch (error) {
          if (statusOf(error) === PRECONDITION_FAILED) return 'there_already';
          throw error;
        }
      });
    },
    async get(key) {
      const where = at(key);
      return orUnavailable('read', async () => {
        try {
          const found = await client.send(new GetObjectCommand(where));
          return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
        } catch (error) {
          if (error instanceof NoSuchKey) return null;
          throw error;
        }
      });
    },
    async *list(under) {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix + requirePrefix(under) });
      const iterator = pages[Symbol.asyncIterator]();
      for (;;) {
        const page = await orUnavailable('list', () => iterator.next());
        if (page.done) return;
        for (const { Key } of page.value.Contents ?? []) {
          const key = Key?.slice(prefix.length) ?? '';
          if (archivePlace(key) !== null) yield key;
        }
      }
    },
    async delete(key) {
      const where = at(key);
      await orUnavailable('delete', () => client.send(new DeleteObjectCommand(where)));
    },
    close: () => client.destroy(),
  };
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
