/** One hospital of the simulated federation. */
export interface SimulatedHospital {
  readonly id: string;
  /** Stays, from 1. */
  readonly patients: number;
  /** Probability of death, between 0 and 1. */
  readonly deathRate: number;
}

/**
 * Sizes and death rates of the twelve clients of FedWeight (npj Digital Medicine 2025, repository li-lab-mcgill/FedWeight):
 * ten hospitals of eICU and MIMIC-III as two pseudo-hospitals, whose sizes are back-solved from the printed rates. Only
 * these two numbers are real; names and everything else are made up.
 */
export const publishedHospitals: readonly SimulatedHospital[] = [
  { id: 'H01', patients: 6092, deathRate: 0.042 },
  { id: 'H02', patients: 4679, deathRate: 0.094 },
  { id: 'H03', patients: 4240, deathRate: 0.063 },
  { id: 'H04', patients: 3701, deathRate: 0.091 },
  { id: 'H05', patients: 3371, deathRate: 0.093 },
  { id: 'H06', patients: 3053, deathRate: 0.044 },
  { id: 'H07', patients: 2881, deathRate: 0.04 },
  { id: 'H08', patients: 2531, deathRate: 0.053 },
  { id: 'H09', patients: 2110, deathRate: 0.076 },
  { id: 'H10', patients: 2097, deathRate: 0.06 },
  { id: 'H11', patients: 4512, deathRate: 0.0997 },
  { id: 'H12', patients: 461, deathRate: 0.0195 },
];

/** The first `count` published hospitals; beyond twelve their sizes and rates repeat under new names. */
export function hospitalsLikePublished(count: number): readonly SimulatedHospital[] {
  const digits = Math.max(2, `${count}`.length);
  return Array.from({ length: count }, (_, index) => ({
    ...publishedHospitals[index % publishedHospitals.length]!,
    id: `H${`${index + 1}`.padStart(digits, '0')}`,
  }));
}

/**
 * Sizes whose sum is `total`, as near to proportional as whole numbers allow (largest remainders), each at least 1.
 *
 * @throws RangeError when there are fewer patients than hospitals
 */
export function apportion(
  hospitals: readonly SimulatedHospital[],
  total: number,
): readonly SimulatedHospital[] {
  if (total < hospitals.length)
    throw new RangeError(`${total} patients cannot fill ${hospitals.length} hospitals`);
  const all = hospitals.reduce((sum, { patients }) => sum + patients, 0);
  const spare = total - hospitals.length;
  const shares = hospitals.map(({ patients }) => (spare * patients) / all);
  const sizes = shares.map((share) => 1 + Math.floor(share));
  const left = total - sizes.reduce((sum, size) => sum + size, 0);
  const byRemainder = shares
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) sizes[index]! += 1;
  return hospitals.map((hospital, index) => ({ ...hospital, patients: sizes[index]! }));
}
