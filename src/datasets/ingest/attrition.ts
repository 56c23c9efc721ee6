import { InputError } from '../../cohort/inputError.js';
import { didYouMean } from '../../cohort/nearestName.js';
import { sqlName, sqlText } from '../../cohort/table/duckdb.js';
import type { Provenance } from '../../cohort/types.js';
import type { IngestAdapter } from './adapter.js';
import type { IngestDatabase } from './ingestDatabase.js';
import type { HospitalFilter, IngestOptions } from './ingestOptions.js';

/** Stays that remain after each inclusion step. */
export type Attrition = NonNullable<Provenance['attrition']>;

/** One inclusion criterion. */
export interface InclusionStep {
  readonly step: string;
  /** SQL condition on `remaining`; stays for which it is not true are left out. */
  readonly condition: string;
}

function inclusionSteps(
  adapter: IngestAdapter,
  options: IngestOptions,
  windowMinutes: number,
): InclusionStep[] {
  const steps: InclusionStep[] = [
    { step: 'patient and hospital known', condition: 'patient IS NOT NULL AND hospital_id IS NOT NULL' },
    { step: 'ICU stay with a length above zero', condition: 'minutes > 0' },
  ];
  if (options.adults) steps.push({ step: 'age known and at least 18 years', condition: 'age >= 18' });
  if (options.form === 'events') {
    steps.push({
      step: `ICU stay of at least ${windowMinutes / 60} h`,
      condition: `minutes >= ${windowMinutes}`,
    });
    if (adapter.eventCondition !== undefined) steps.push(adapter.eventCondition);
  }
  if (options.firstStay)
    steps.push({
      step: 'first remaining ICU stay of the hospital stay',
      condition: `stay IN (SELECT stay FROM remaining
        QUALIFY row_number() OVER (PARTITION BY admission ORDER BY stay_order, stay) = 1)`,
    });
  return steps;
}

function hospitalStep(filter: HospitalFilter): InclusionStep | null {
  if (filter.kind === 'all') return null;
  if (filter.kind === 'ids')
    return {
      step: `hospital is one of ${filter.ids.length} chosen`,
      condition: `hospital_id IN (${filter.ids.map(sqlText).join(', ')})`,
    };
  return {
    step: `hospital with at least ${filter.stays} remaining stays`,
    condition: `hospital_id IN (SELECT hospital_id FROM remaining GROUP BY hospital_id HAVING count(*) >= ${filter.stays})`,
  };
}

async function requireHospitals(database: IngestDatabase, filter: HospitalFilter): Promise<void> {
  if (filter.kind !== 'ids') return;
  const known = (await database.rows('SELECT DISTINCT hospital_id FROM remaining ORDER BY 1')).map(([id]) =>
    String(id),
  );
  const unknown = filter.ids.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new InputError({
      place: '--hospitals',
      expected: 'ids of hospitals that have stays',
      found: `'${unknown}'`,
      remedy: known.length > 60 ? 'See the hospital table of the source.' : didYouMean(unknown, known),
    });
}

async function countStays(database: IngestDatabase, step: string): Promise<Attrition[number]> {
  const rows = await database.rows(
    "SELECT coalesce(hospital_id, 'Unknown'), count(*) FROM remaining GROUP BY ALL ORDER BY 1",
  );
  return {
    step,
    remaining: rows.reduce((sum, [, count]) => sum + Number(count), 0),
    hospitals: Object.fromEntries(rows.map(([id, count]) => [String(id), Number(count)])),
  };
}

/** @throws InputError that shows the whole attrition */
function nobodyLeft(from: string, attrition: Attrition): InputError {
  const list = attrition.map(({ step, remaining }) => `${step}: ${remaining}`).join('; ');
  return new InputError({
    file: from,
    expected: 'at least one eligible stay',
    found: `none (${list})`,
    remedy: 'Relax the step at which none was left.',
  });
}

/**
 * Applies the inclusion steps to `candidates` in order and leaves `remaining`: the eligible stays, with `hospital_id`.
 * Hospitals are chosen last, so that their sizes are those of the cohort.
 *
 * @param more further steps, made when the others have been applied
 * @throws InputError on an unknown grouping or hospital, and when no stay is left
 */
export async function includeStays(
  database: IngestDatabase,
  adapter: IngestAdapter,
  options: IngestOptions,
  windowMinutes: number,
  more: () => Promise<readonly InclusionStep[]>,
): Promise<Attrition> {
  const grouping = options.hospitalBy ?? adapter.groupings[0]!;
  if (!adapter.groupings.includes(grouping))
    throw new InputError({
      place: '--hospital-by',
      expected: `for ${adapter.id} one of ${adapter.groupings.join(' | ')}`,
      found: `'${grouping}'`,
      remedy: didYouMean(grouping, adapter.groupings),
    });
  await database.run(
    `CREATE TABLE remaining AS SELECT *, CAST(${sqlName(grouping)} AS VARCHAR) AS hospital_id FROM candidates`,
  );
  const attrition = [await countStays(database, 'ICU stays in the source')];
  const keep = async ({ step, condition }: InclusionStep): Promise<void> => {
    await database.run(`DELETE FROM remaining WHERE (${condition}) IS NOT TRUE`);
    const counted = await countStays(database, step);
    attrition.push(counted);
    if (counted.remaining === 0) throw nobodyLeft(options.from, attrition);
  };
  if (attrition[0]!.remaining === 0) throw nobodyLeft(options.from, attrition);
  for (const step of inclusionSteps(adapter, options, windowMinutes)) await keep(step);
  for (const step of await more()) await keep(step);
  await requireHospitals(database, options.hospitals);
  const chosen = hospitalStep(options.hospitals);
  if (chosen !== null) await keep(chosen);
  return attrition;
}
