// Tables of a run of suites/rawmed-s.yaml in Markdown: node scripts/rawmedTable.mjs <run folder>
// One row a generator, one column a score against fresh real patients (pooled); mean ± standard deviation over seeds.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/rawmedTable.mjs <run folder>');
const { rows } = JSON.parse(await readFile(join(folder, 'scores.json'), 'utf8'));
const pooled = rows.filter(({ site, state }) => site === 'pooled' && state === 'ok');

/** Heading, metric, and the parameters that choose one of its variants. */
const tables = {
  'Events, against fresh real patients (strict definitions)': [
    ['I-CDE ↓', 'events.i_cde', { against: 'holdout', items: 'all' }],
    ['I-CDE, top 50 ↓', 'events.i_cde', { against: 'holdout', items: 'top50' }],
    ['CDE ↓', 'events.cde', { against: 'holdout' }],
    ['time gap ↓', 'events.time_gap', { against: 'holdout', gaps: 'positive' }],
    ['time ↓', 'events.time', { against: 'holdout' }],
    ['event count ↓', 'events.event_count', { against: 'holdout' }],
    ['PCC ↓', 'events.pcc', { against: 'holdout' }],
    ['I-PCC ↓', 'events.i_pcc', { against: 'holdout' }],
    ['item coverage ↑', 'events.item_coverage', { against: 'holdout' }],
    ['null rate ↓', 'events.null_rate_gap', { against: 'holdout' }],
  ],
  'Use, copies and acceptance': [
    ['accepted stays ↑', 'events.acceptance_rate', { of: 'stays' }],
    ['accepted events ↑', 'events.acceptance_rate', { of: 'events' }],
    ['ER ↓', 'events.predictive_er', {}],
    ['SMAPE ↓', 'events.predictive_smape', {}],
    ['next event F1 ↑', 'events.next_event', {}],
    ['11 tasks AUROC ↑', 'events.utility_auroc', {}],
    ['event MIA →0.5', 'events.mia_auroc', {}],
    ['copied rows ↓', 'events.row_copy_excess', {}],
  ],
  'On the grid that the events make': [
    ['KS ↓', 'marginal.ks', { against: 'holdout' }],
    ['missing rate ↓', 'marginal.missing_rate', { against: 'holdout' }],
    ['correlation ↓', 'pairwise.correlation_gap', { against: 'holdout' }],
    ['ACF ↓', 'temporal.acf_gap', { against: 'holdout' }],
    ['discriminator →0.5', 'joint.discriminator_auroc', { against: 'holdout' }],
    ['TSTR AUROC ↑', 'utility.tstr_auroc', {}],
    ['MIA →0.5', 'privacy.mia_distance_auroc', {}],
    ['copies →0.5', 'privacy.dcr_share', {}],
  ],
};

const nameOf = ({ trainer, variant }) => (variant === 'default' ? trainer : `${trainer}/${variant}`);
const names = [...new Set(rows.map(nameOf))];

/** Rows of the first variant of a metric that the parameters allow. */
function matching(metric, wanted) {
  const fits = pooled.filter(
    (row) =>
      row.metric === metric &&
      Object.entries(wanted).every(([name, value]) => row.parameters[name] === value),
  );
  const [first] = fits;
  return fits.filter(({ parameters }) => JSON.stringify(parameters) === JSON.stringify(first?.parameters));
}

function cell(values) {
  if (values.length === 0) return '–';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return mean.toFixed(3);
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${mean.toFixed(3)} ± ${Math.sqrt(square / (values.length - 1)).toFixed(3)}`;
}

for (const [title, columns] of Object.entries(tables)) {
  const found = columns.map(([, metric, wanted]) => matching(metric, wanted));
  console.log(`### ${title}\n`);
  console.log(`| generator | ${columns.map(([heading]) => heading).join(' | ')} |`);
  console.log(`| --- |${' ---: |'.repeat(columns.length)}`);
  for (const name of names) {
    const cells = found.map((own) =>
      cell(own.filter((row) => nameOf(row) === name).map(({ value }) => value)),
    );
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  for (const [label, bound] of [
    ['ceiling (fresh real patients)', 'ceiling'],
    ['floor (independent columns)', 'floor'],
  ])
    console.log(`| ${label} | ${found.map(([row]) => row?.[bound]?.toFixed(3) ?? '–').join(' | ')} |`);
  console.log('');
}
