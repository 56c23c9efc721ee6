import { z } from 'zod';

/** A name in `cohort.json`: names are printed, and are keys of records and columns of tables. At most 200 characters. */
export const printableName = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Cc}/u.test(text) && text !== '__proto__', {
    error: 'text without control characters, and not __proto__',
  });
