import { productVersions } from '../../../src/run/manifest.js';
import { keyOf, needsOf, type Job, type Plan } from '../../../src/run/plan.js';
import { planSuite } from '../../../src/run/planSuite.js';
import type { JobTask } from '../../../src/run/jobRunner.js';
import { parseSuite } from '../../../src/suite/readSuite.js';

/** The plan of a suite with a tiny simulated dataset. */
export function plannedJobs(more = 'references: [marginals]'): Promise<Plan> {
  const suite = parseSuite(
    `name: tiny\ndatasets: [{ id: simulated, parameters: { hospitals: 2, patients: 40, drugs: 1, factors: 2, steps: 3 } }]\n${more}\nmetrics: [marginal.ks]\n`,
    'suite.yaml',
  );
  return planSuite(suite, { file: 'suite.yaml', engine: 'onnx' });
}

/** A job as a run queues it. */
export function taskOf(job: Job): JobTask {
  const versions = productVersions();
  return { job, key: keyOf(job, versions), needs: needsOf(job, versions) };
}
