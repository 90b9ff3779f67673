import { readFileSync } from 'node:fs';
import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { archiveKey, probeKey } from '#platform/archive';
import { connectionsConfig } from '#platform/config';
import { newId } from '#platform/ids';
import { startS3, whyNoS3 } from '../support/s3.ts';

interface Rule {
  ID: string;
  Status: 'Enabled';
  Filter: { Prefix: string };
  Expiration: { Days?: number };
}
const document = JSON.parse(readFileSync('deploy/s3-lifecycle.json', 'utf8')) as { Rules: Rule[] };
const daysOf = (key: string): (number | undefined)[] =>
  document.Rules.filter((rule) => key.startsWith(rule.Filter.Prefix) && rule.Expiration.Days !== undefined).map(
    (rule) => rule.Expiration.Days,
  );

describe('deploy/s3-lifecycle.json', () => {
  it('ends objects when the configuration says that they end', () => {
    const key = archiveKey({ provider: 'OURA', receivedOn: '2026-11-20', athleteId: newId(), deliveryId: newId() });
    expect(daysOf(key)).toEqual([connectionsConfig.ARCHIVE_RETENTION_DAYS.parse(undefined)]);
  });

  it('ends what a probe left behind after a day', () => {
    expect(daysOf(probeKey(newId()))).toEqual([1]);
  });

  const noS3 = whyNoS3();
  (noS3 === null ? it : it.skip)(`is taken by S3${noS3 === null ? '' : `: ${noS3}`}`, async () => {
    const s3 = await startS3();
    const client = new S3Client({ region: 'us-east-1', endpoint: s3.endpoint, forcePathStyle: true });
    try {
      const Bucket = s3.bucket;
      await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: document }));
      const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      expect(Rules?.map((rule) => rule.ID)).toEqual(document.Rules.map((rule) => rule.ID));
    } finally {
      client.destroy();
      await s3.stop();
    }
  });
});
