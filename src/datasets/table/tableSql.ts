import { sqlName, sqlText } from '../../cohort/table/duckdb.js';
import type { TableMapping } from './tableMapping.js';

type Moment = TableMapping['stays']['end'];

const minutesPer = { minutes: 1, hours: 60, days: 1440 } as const;

/** Minutes from the start of the stay. @param start SQL of the stay's start */
function minutesOf({ column, unit }: Moment, table: string, start: string): string {
  const cell = `${table}.${sqlName(column)}`;
  return unit === undefined
    ? `date_diff('second', ${start}, ${cell}) / 60.0`
    : `${cell} * ${minutesPer[unit]}`;
}

/** Script that creates `candidates`. */
export function staysScript(stays: TableMapping['stays']): string {
  const stay = sqlName(stays.stay ?? stays.patient);
  const start = stays.start === undefined ? 'CAST(NULL AS TIMESTAMP)' : `s.${sqlName(stays.start)}`;
  const statics = stays.statics.map(({ name, column }) => `, s.${sqlName(column)} AS ${sqlName(name)}`);
  const labels = stays.labels.map(({ name, column }) => `, s.${sqlName(column)} AS ${sqlName(`label ${name}`)}`);
  // A static may itself be called age.
  const age = stays.statics.some(({ name }) => name === 'age')
    ? ''
    : `, ${stays.age === undefined ? 'CAST(NULL AS DOUBLE)' : `s.${sqlName(stays.age)}`} AS age`;
  return `CREATE TABLE candidates AS
    SELECT
      s.${stay} AS stay,
      s.${sqlName(stays.patient)} AS patient,
      s.${sqlName(stays.admission ?? stays.stay ?? stays.patient)} AS admission,
      ${stays.start === undefined ? '0' : start} AS stay_order,
      ${start} AS intime,
      ${minutesOf(stays.end, 's', start)} AS minutes,
      ${stays.hospital === undefined ? "'all'" : `s.${sqlName(stays.hospital)}`} AS hospital${age}${statics.join('')}${labels.join('')}
    FROM source.stays s`;
}

/** SELECT of (stay, value) of a label. */
export function labelQuery({ name, positive, negative }: TableMapping['stays']['labels'][number]): string {
  const cell = sqlName(`label ${name}`);
  if (positive === undefined)
    return `SELECT stay, CASE WHEN ${cell} IN (0, 1) THEN ${cell} END AS value FROM candidates`;
  const list = (texts: readonly string[]): string => texts.map(sqlText).join(', ');
  const no = negative === undefined ? `${cell} IS NOT NULL` : `${cell} IN (${list(negative)})`;
  return `SELECT stay, CASE WHEN ${cell} IN (${list(positive)}) THEN 1 WHEN ${no} THEN 0 END AS value FROM candidates`;
}

type Measurements = TableMapping['measurements'][number];

/** SELECT of the measurements of a long table. */
export function longQuery({ name, stay, time, item, value, unit }: Measurements): string {
  return `
    SELECT r.stay, ${minutesOf(time, 'm', 'r.intime')} AS minute, i.feature,
      TRY_CAST(m.${sqlName(value!)} AS DOUBLE) AS value,
      coalesce(i.unit, ${unit === undefined ? 'NULL' : `m.${sqlName(unit)}`}) AS unit
    FROM source.${sqlName(name)} m
    JOIN items i ON i.origin = ${sqlText(name)} AND i.item = lower(m.${sqlName(item!)})
    JOIN remaining r ON r.stay = m.${sqlName(stay)}`;
}

/** SELECT of the measurements of a wide table. @param items columns with values */
export function wideQuery({ name, stay, time }: Measurements, items: readonly string[]): string {
  if (items.length === 0)
    return 'SELECT NULL AS stay, NULL AS minute, NULL AS feature, NULL AS value, NULL AS unit WHERE false';
  const cells = items.map((one) => `TRY_CAST(w.${sqlName(one)} AS DOUBLE) AS ${sqlName(one)}`).join(', ');
  return `
    SELECT v.stay, v.minute, i.feature, v.value, i.unit
    FROM (
      UNPIVOT (
        SELECT r.stay AS stay, ${minutesOf(time, 'w', 'r.intime')} AS minute, ${cells}
        FROM source.${sqlName(name)} w
        JOIN remaining r ON r.stay = w.${sqlName(stay)}
      ) ON ${items.map(sqlName).join(', ')} INTO NAME item VALUE value
    ) v
    JOIN items i ON i.origin = ${sqlText(name)} AND i.item = lower(v.item)`;
}

/** SELECT of the drug exposures of a table. */
export function drugQuery({ name, stay, start, end, drug }: TableMapping['drugs'][number]): string {
  const first = minutesOf(start, 'd', 'r.intime');
  const last = end === undefined ? first : `coalesce(${minutesOf(end, 'd', 'r.intime')}, ${first})`;
  return `
    SELECT r.stay, ${first} AS first_minute, ${last} AS last_minute, d.${sqlName(drug)} AS drug
    FROM source.${sqlName(name)} d
    JOIN remaining r ON r.stay = d.${sqlName(stay)}`;
}
