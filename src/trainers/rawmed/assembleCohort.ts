import { toGrid } from '../../cohort/events/toGrid.js';
import type { Cohort, VerificationRecord } from '../../cohort/types.js';
import { random } from '../../engine/random.js';
import { syntheticSchema } from '../generator/syntheticSchema.js';
import { syntheticPatientIds } from '../references/patientIds.js';
import type { AcceptedStay } from './acceptedStay.js';
import type { DrawableModel } from './drawableModel.js';
import { assembleEvents } from './verification/assembleEvents.js';

/**
 * Hospital of every accepted stay. The model does not know hospitals: they are dealt out at random, and where fewer stays were
 * accepted than asked for every hospital lacks its share.
 *
 * @param wanted stays per hospital id
 * @returns [accepted] indices into the model's hospitals
 */
export function dealHospitals(
  hospitals: readonly string[],
  wanted: Readonly<Record<string, number>>,
  accepted: number,
  seed: number,
): Uint16Array {
  const all = hospitals.flatMap((id, index) => new Array<number>(wanted[id] ?? 0).fill(index));
  const order = random(seed, 'rawmed-hospitals').permutation(all.length);
  return Uint16Array.from(order.subarray(0, accepted), (at) => all[at]!);
}

/**
 * A cohort of verified stays: their events, the grid that those make, and statics and labels where the model draws them.
 *
 * @param before stays of the same drawing in cohorts before this one, for the patients' ids
 */
export function assembleCohort(
  model: DrawableModel,
  stays: readonly AcceptedStay[],
  hospital: Uint16Array,
  verification: VerificationRecord,
  before = 0,
): Cohort {
  const synthetic = syntheticSchema(model.schema, model.trainer);
  const { provenance } = synthetic;
  const notes = [
    'Hospitals were dealt out at random: the generator draws stays of all hospitals together.',
    ...(model.notes ?? []),
  ];
  const schema = {
    ...synthetic,
    provenance: { ...provenance, notes: [...(provenance.notes ?? []), ...notes], verification },
  };
  const events = assembleEvents(
    model.source,
    stays.map(({ events: own }) => own),
  );
  const size = stays.length;
  const length = new Uint16Array(size).fill(
    Math.max(1, Math.min(schema.steps, Math.ceil(model.window / (60 * schema.stepHours)))),
  );
  const written = (width: number, read: (stay: AcceptedStay) => readonly (number | null)[] | undefined) => {
    const values = new Float32Array(size * width);
    const known = new Uint8Array(size * width);
    stays.forEach((stay, i) =>
      read(stay)?.forEach((value, v) => {
        if (value === null) return;
        values[i * width + v] = value;
        known[i * width + v] = 1;
      }),
    );
    return { values, known };
  };
  const statics = written(schema.statics.length, ({ values }) => values?.statics);
  const labels = written(schema.labels.length, ({ values }) => values?.labels);
  return {
    schema,
    size,
    ...toGrid(events, schema, length),
    length,
    hospital,
    hospitals: model.hospitals,
    patients: syntheticPatientIds(size, before),
    statics: statics.values,
    staticsObserved: statics.known,
    labels: labels.values,
    labelsObserved: labels.known,
    events,
  };
}
