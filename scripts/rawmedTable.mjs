// Tables of a run of suites/rawmed-s.yaml in Markdown: node scripts/rawmedTable.mjs <run folder>
// One row a generator, one column a pooled score; mean ± standard deviation over seeds. Where not all
// seeds have a value the cell says how many do; where none has, it names the states of the scores.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/rawmedTable.mjs <run folder>');
const { rows } = JSON.parse(await readFile(join(folder, 'scores.json'), 'utf8'));
const pooled = rows.filter(({ site }) => site === 'pooled');
const datasets = new Set(pooled.map(({ dataset }) => dataset));
if (datasets.size > 1) throw new Error(`one dataset a table, found ${[...datasets].join(', ')}`);

const STRICT = { mode: 'strict' };
const HOLDOUT = { against: 'holdout' };
const TRAIN = 'real train';
const FRESH = 'fresh real patients';

/** Heading, metric, the parameters that choose one of its variants, and, unless it is train, who stands for the generator in its ceiling. */
const tables = {
  'Events, against fresh real patients (strict definitions)': [
    ['I-CDE ↓', 'events.i_cde', { ...STRICT, ...HOLDOUT, items: 'all' }],
    ['I-CDE, top 50 ↓', 'events.i_cde', { ...STRICT, ...HOLDOUT, items: 'top50' }],
    ['CDE ↓', 'events.cde', { ...STRICT, ...HOLDOUT }],
    ['time gap ↓', 'events.time_gap', { ...STRICT, ...HOLDOUT, gaps: 'positive' }],
    ['time ↓', 'events.time', { ...STRICT, ...HOLDOUT }],
    ['event count ↓', 'events.event_count', { ...STRICT, ...HOLDOUT }],
    ['PCC ↓', 'events.pcc', { ...STRICT, ...HOLDOUT }],
    ['I-PCC ↓', 'events.i_pcc', { ...STRICT, ...HOLDOUT }],
    ['item coverage ↑', 'events.item_coverage', { ...STRICT, ...HOLDOUT }],
    ['null rate ↓', 'events.null_rate_gap', { ...STRICT, ...HOLDOUT }],
  ],
  'Use, copies and acceptance': [
    ['accepted stays ↑', 'events.acceptance_rate', { of: 'stays' }],
    ['accepted events ↑', 'events.acceptance_rate', { of: 'events' }],
    ['ER ↓', 'events.predictive_er', STRICT],
    ['SMAPE ↓', 'events.predictive_smape', STRICT],
    ['next event F1 ↑', 'events.next_event', STRICT],
    ['11 tasks AUROC ↑', 'events.utility_auroc', STRICT],
    ['event MIA →0.5', 'events.mia_auroc', STRICT, FRESH],
    ['copied rows ↓', 'events.row_copy_excess', STRICT, FRESH],
  ],
  'On the grid that the events make': [
    ['KS ↓', 'marginal.ks', HOLDOUT],
    ['missing rate ↓', 'marginal.missing_rate', HOLDOUT],
    ['correlation ↓', 'pairwise.correlation_gap', HOLDOUT],
    ['ACF ↓', 'temporal.acf_gap', HOLDOUT],
    ['discriminator →0.5', 'joint.discriminator_auroc', HOLDOUT],
    ['TSTR AUROC ↑', 'utility.tstr_auroc', { model: 'logistic' }],
    ['MIA →0.5', 'privacy.mia_distance_auroc', {}, FRESH],
    ['copies →0.5', 'privacy.dcr_share', {}, FRESH],
  ],
};

const nameOf = ({ trainer, variant }) => (variant === 'default' ? trainer : `${trainer}/${variant}`);
const names = [...new Set(rows.map(nameOf))];

/** Rows of the one variant of a metric that the parameters choose. */
function matching(metric, wanted) {
  const fits = pooled.filter(
    (row) =>
      row.metric === metric &&
      Object.entries(wanted).every(([name, value]) => row.parameters[name] === value),
  );
  const variants = new Set(fits.map(({ parameters }) => JSON.stringify(parameters)));
  if (variants.size > 1) throw new Error(`${metric}: several variants fit, ${[...variants].join(', ')}`);
  return fits;
}

function meanOver(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return mean.toFixed(3);
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${mean.toFixed(3)} ± ${Math.sqrt(square / (values.length - 1)).toFixed(3)}`;
}

/** Cell of a generator with `seeds` seeds: those without a row of this score are missing as well. */
function cell(own, seeds) {
  const values = own.filter(({ state }) => state === 'ok').map(({ value }) => value);
  if (values.length === 0) return [...new Set(own.map(({ state }) => state))].join(', ') || '–';
  return meanOver(values) + (values.length < seeds ? ` (${values.length} of ${seeds})` : '');
}

/** A bound belongs to the seed's split, so every generator of a seed has the same; over seeds as in every cell. */
function boundCell(own, bound) {
  const bySeed = new Map();
  for (const row of own) {
    const value = row[bound] ?? null;
    if (value === null) continue;
    const known = bySeed.get(row.seed);
    if (known !== undefined && known !== value)
      throw new Error(
        `${row.metric}: seed ${row.seed} has two values of its ${bound}, ${known} and ${value}`,
      );
    bySeed.set(row.seed, value);
  }
  const values = [...bySeed.values()];
  if (values.length === 0) return '–';
  return new Set(values).size === 1 ? values[0].toFixed(3) : meanOver(values);
}

const seedsOf = new Map(
  names.map((name) => [
    name,
    new Set(rows.filter((row) => nameOf(row) === name).map(({ seed }) => seed)).size,
  ]),
);

const line = (label, cells) => console.log(`| ${label} | ${cells.join(' | ')} |`);

for (const [title, columns] of Object.entries(tables)) {
  const found = columns.map(([, metric, wanted]) => matching(metric, wanted));
  console.log(`### ${title}\n`);
  line(
    'generator',
    columns.map(([heading]) => heading),
  );
  console.log(`| --- |${' ---: |'.repeat(columns.length)}`);
  for (const name of names)
    line(
      name,
      found.map((own) =>
        cell(
          own.filter((row) => nameOf(row) === name),
          seedsOf.get(name),
        ),
      ),
    );
  for (const standIn of [TRAIN, FRESH]) {
    const stands = columns.map(([, , , other = TRAIN]) => other === standIn);
    if (stands.includes(true))
      line(
        `ceiling (${standIn} in place of the generator)`,
        found.map((own, c) => (stands[c] ? boundCell(own, 'ceiling') : '–')),
      );
  }
  line(
    'floor (independent columns)',
    found.map((own) => boundCell(own, 'floor')),
  );
  console.log('');
}
