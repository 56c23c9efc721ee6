import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { random } from '../../src/engine/random.js';

/** Lines of the two tables of a made-up cohort; tests spoil them one at a time. */
export interface Tables {
  description: Record<string, unknown>;
  dynamic: string[];
  static: string[];
}

/** A made-up cohort of `perHospital` stays in each of two hospitals: 6 steps, HR and lactate with gaps, a binary drug, age, death. */
export function smallTables(perHospital: number, seed = 0, prefix = 'p'): Tables {
  const chance = random(seed, 'small-cohort', prefix);
  const dynamic = ['patient_id,hospital_id,t,HR,lactate,drug'];
  const statics = ['patient_id,hospital_id,age,sex,death'];
  for (const hospital of ['north', 'south']) {
    for (let i = 0; i < perHospital; i++) {
      const id = `${prefix}-${hospital}-${i}`;
      const ill = chance.uniform() < 0.4;
      statics.push(
        `${id},${hospital},${(40 + 40 * chance.uniform()).toFixed(1)},${chance.uniform() < 0.5 ? 'F' : 'M'},${ill ? 1 : 0}`,
      );
      let level = chance.normal() + (ill ? 1 : 0) + (hospital === 'north' ? 0.3 : 0);
      for (let t = 0; t < 6; t++) {
        level = 0.8 * level + 0.6 * chance.normal();
        const lactate = chance.uniform() < 0.5 ? '' : Math.exp(0.5 + 0.3 * level).toFixed(2);
        dynamic.push(
          `${id},${hospital},${t},${(80 + 10 * level).toFixed(1)},${lactate},${chance.uniform() < 0.3 ? 1 : 0}`,
        );
      }
    }
  }
  return {
    description: {
      format: 'fedehr-cohort',
      version: 1,
      name: 'made up',
      stepHours: 1,
      steps: 6,
      features: [
        { name: 'HR', kind: 'continuous', unit: 'bpm', range: [0, 350] },
        { name: 'lactate', kind: 'continuous', unit: 'mmol/L', range: [0, 40] },
        { name: 'drug', kind: 'binary' },
      ],
      statics: [
        { name: 'age', kind: 'continuous', unit: 'years', range: [0, 120] },
        { name: 'sex', kind: 'categorical', levels: ['F', 'M'] },
      ],
      labels: [{ name: 'death', kind: 'binary' }],
      provenance: { source: 'made up', licence: 'CC0', created_by: 'test' },
    },
    dynamic,
    static: statics,
  };
}

/** Writes a cohort folder as a user without our library would: JSON and two CSV files. */
export async function writeTables(folder: string, tables: Tables): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'cohort.json'), JSON.stringify(tables.description));
  await writeFile(join(folder, 'dynamic.csv'), `${tables.dynamic.join('\n')}\n`);
  await writeFile(join(folder, 'static.csv'), `${tables.static.join('\n')}\n`);
  return folder;
}
