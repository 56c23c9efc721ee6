import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Suites in the order of the report. */
export const ORDER = [
  'train',
  'engines',
  'lanes',
  'sampling',
  'assignment',
  'score',
  'scoreScale',
  'growth',
  'ingest',
  'suite',
];

/** Always the same order, so that runs compare. */
export class InOrder extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => ORDER.indexOf(basename(moduleId, '.ts'));
    return Promise.resolve([...files].sort((a, b) => place(a) - place(b)));
  }
}
