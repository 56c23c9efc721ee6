import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Location } from './s3Location.js';

/** The bucket did not answer, or refused; another try may succeed. */
export class BucketFault extends Error {
  /** As of system errors, so that a job that ends with it is tried again. */
  readonly code = 'EBUCKET';

  constructor(location: S3Location, doing: string, cause: unknown) {
    const { name, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
    super(`store s3://${location.bucket}/${location.prefix}: ${doing} failed: ${name}: ${message}`);
    this.name = 'BucketFault';
  }
}

/** How often a request is sent before it counts as failed, with growing pauses in between. */
const TRIES = 6;

const statusOf = (error: unknown): number | undefined =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** Whole objects of a bucket below a prefix. All methods throw a BucketFault when the bucket does not do as asked. */
export class BucketObjects {
  private connected: Promise<{ sdk: typeof Sdk; client: Sdk.S3Client }> | undefined;

  constructor(private readonly location: S3Location) {}

  /** null when there is none. */
  async get(name: string): Promise<Uint8Array | null> {
    for (let tries = 1; ; tries++) {
      try {
        const { sdk, client } = await this.connection();
        const answer = await client.send(new sdk.GetObjectCommand(this.object(name)));
        return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (error) {
        if (statusOf(error) === 404) return null;
        // The client tries requests again, but not answers that break off.
        if (statusOf(error) !== undefined || tries === TRIES) throw this.fault(`reading ${name}`, error);
      }
    }
  }

  async exists(name: string): Promise<boolean> {
    try {
      const { sdk, client } = await this.connection();
      await client.send(new sdk.HeadObjectCommand(this.object(name)));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw this.fault(`looking for ${name}`, error);
    }
  }

  async put(name: string, content: Uint8Array): Promise<void> {
    try {
      const { sdk, client } = await this.connection();
      await client.send(new sdk.PutObjectCommand({ ...this.object(name), Body: content }));
    } catch (error) {
      throw this.fault(`writing ${name}`, error);
    }
  }

  /**
   * Writes an object unless there is one; where the server cannot promise that, the last writer wins.
   *
   * @returns whether it was written
   */
  async putNew(name: string, content: Uint8Array): Promise<boolean> {
    try {
      const { sdk, client } = await this.connection();
      await client.send(new sdk.PutObjectCommand({ ...this.object(name), Body: content, IfNoneMatch: '*' }));
      return true;
    } catch (error) {
      const status = statusOf(error);
      if (status === 412 || status === 409) return false;
      if (status !== 501) throw this.fault(`writing ${name}`, error);
    }
    if (await this.exists(name)) return false;
    await this.put(name, content);
    return true;
  }

  async remove(name: string): Promise<void> {
    try {
      const { sdk, client } = await this.connection();
      await client.send(new sdk.DeleteObjectCommand(this.object(name)));
    } catch (error) {
      throw this.fault(`removing ${name}`, error);
    }
  }

  private object(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.location.bucket, Key: `${this.location.prefix}${name}` };
  }

  private fault(doing: string, cause: unknown): BucketFault {
    return new BucketFault(this.location, doing, cause);
  }

  /** The client is large: it is loaded where a bucket is used. */
  private connection(): NonNullable<typeof this.connected> {
    this.connected ??= import('@aws-sdk/client-s3').then((sdk) => {
      const { endpoint, region, timeout } = this.location;
      const client = new sdk.S3Client({
        region,
        ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
        maxAttempts: TRIES,
        // Every file is checked against its receipt; not all servers know the client's own checksums.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        requestHandler: { connectionTimeout: 10_000, socketTimeout: timeout * 1000 },
      });
      return { sdk, client };
    });
    return this.connected;
  }
}
