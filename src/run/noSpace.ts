const CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether an error says that a disk or a quota is full; native libraries say so in words only. */
export const isNoSpace = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && typeof error.code === 'string' && CODES.has(error.code)) ||
    /no space left on device|disk quota exceeded/i.test(error.message));

/** A run that ended because there was no space to write to; what was finished before is kept. */
export class NoSpace extends Error {
  constructor(place: string, cause: Error) {
    super(
      `no space left for ${place} (${cause.message}); what was finished is kept: free some space and run the same command again`,
    );
    this.name = 'NoSpace';
  }
}
