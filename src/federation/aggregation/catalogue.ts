import type { AggregationRuleId, LayerwiseRuleId } from './index.js';
import { ruleOptions, type VectorRule } from './ruleOptions.js';

/** What a reader needs to choose a rule. */
export interface RuleDescription {
  /** Stages that the rule can close rounds of: one = autoencoder (`matching.rule`), two = TCVAE (`weighting.rule`). */
  readonly stages: readonly ('one' | 'two')[];
  readonly formula: string;
  readonly source: string;
  readonly use: string;
  /** Names of options that `ruleOptions` does not hold. */
  readonly options?: readonly string[];
}

const both = ['one', 'two'] as const;

/** Every rule, in the order of the documentation. */
export const ruleDescriptions: Readonly<Record<AggregationRuleId | LayerwiseRuleId, RuleDescription>> = {
  fedavg: {
    stages: both,
    formula: 'θ = Σ w_k·θ_k with w_k = n_k / n',
    source: 'McMahan et al. 2017, arXiv 1602.05629',
    use: 'The standard baseline; start here.',
  },
  fedprox: {
    stages: both,
    formula: 'as fedavg; hospitals minimise loss + (μ/2)·‖θ − θʳ‖²; μ = 0 is fedavg',
    source: 'Li et al. 2020, arXiv 1812.06127',
    use: 'Hospitals drift apart between rounds: many local epochs, unlike data.',
  },
  scaffold: {
    stages: both,
    formula:
      'as fedavg; hospitals add c − c_k to their gradients before Adam; c_k ← mean uncorrected gradient of the round, c = Σ (n_k/n)·c_k over all hospitals',
    source:
      'Karimireddy et al. 2020, arXiv 1910.06378; under Adam the control variate is a choice of this project',
    use: 'Drift that a proximal term would only slow down; twice the bytes up, and down from round 2.',
  },
  fednova: {
    stages: both,
    formula:
      'θ = θʳ + τ_eff·Σ w_k·(θ_k − θʳ)/τ_k, τ_k = local updates, τ_eff = Σ w_k·τ_k; equal τ_k is fedavg',
    source: 'Wang et al. 2020, arXiv 2007.07481; τ_k counts updates also under Adam, a choice',
    use: 'Hospitals of very different size, so that equal epochs are unequal numbers of updates.',
  },
  'coordinate-median': {
    stages: both,
    formula: 'θ_i = median over hospitals of θ_k,i; hospitals count alike',
    source: 'Yin et al. 2018, arXiv 1803.01498',
    use: 'One hospital may send anything; needs three hospitals or more, costs accuracy where hospitals differ honestly.',
  },
  'trimmed-mean': {
    stages: both,
    formula:
      'θ_i = mean over hospitals without the ⌊share·K⌋ lowest and highest θ_k,i; hospitals count alike',
    source: 'Yin et al. 2018, arXiv 1803.01498',
    use: 'As the median, but keeps more of the honest hospitals; cuts nothing where share·K < 1.',
  },
  'dp-fedavg': {
    stages: both,
    formula: 'θ = θʳ + (1/m)·(Σ clip(θ_k − θʳ) + N(0, noise²·clip²·I)); hospitals count alike',
    source: 'McMahan et al. 2018, arXiv 1710.06963',
    use: 'What differential privacy of whole hospitals costs. Both stages must use it to cover the model; see below.',
  },
  'matched-hungarian': {
    stages: ['one'],
    formula:
      "layer by layer, each hospital's neurons in the order that costs least (squared distances), then as fedavg",
    source: 'after FedMA, Wang et al. 2020, arXiv 2002.06440; reconstruction of FedEHR-Gen',
    use: 'Hospitals that trained alone before they joined (`initialisation: independent`); with a shared start it is (almost) fedavg.',
    options: ['twoSided', 'cosine', 'scope', 'sweeps'],
  },
  'matched-rebasin': {
    stages: ['one'],
    formula:
      'neurons matched on incoming and outgoing weights at once, hospital by hospital to the others, then as fedavg',
    source: 'Ainsworth et al. 2023, arXiv 2209.04836, MergeMany',
    use: 'As matched-hungarian, where single layers say too little about a neuron.',
    options: ['scope'],
  },
  'matched-otfusion': {
    stages: ['one'],
    formula:
      'neurons of every layer moved to those of the largest hospital by optimal transport, then as fedavg',
    source: 'Singh & Jaggi 2020, arXiv 1910.05653',
    use: 'As matched-hungarian, with the largest hospital as reference.',
    options: ['scope'],
  },
  'matched-fedma': {
    stages: ['one'],
    formula:
      'layer by layer, neurons matched under a Beta–Bernoulli process (BBP-MAP) to global ones whose number may grow; hospitals load and freeze the matched layer and train those behind it; the last layers as fedavg',
    source:
      'Wang et al. 2020, arXiv 2002.06440, with the bias prior on the bias; caps on widths are a choice of this project',
    use: 'As matched-hungarian, where hospitals may have neurons of their own. One synchronisation a matched layer and one more a round; σ² and γ have to suit the scale of the weights; every hospital has to answer.',
    options: ['scope', 'sweeps', 'fedma'],
  },
  'distribution-aware': {
    stages: ['two'],
    formula: 'θ = Σ α_k·θ_k, α_k ∝ w_k·exp(−λ·D_k / median D), α_k ≥ min(w_k, 1/(5K)); λ = 0 is fedavg',
    source: 'reconstruction of FedEHR-Gen, arXiv 2605.27892, whose formula is not public',
    use: 'λ > 0: pooled fidelity, when a few hospitals are very unlike the rest. λ < 0: coverage of unlike hospitals.',
  },
  feddisco: {
    stages: ['two'],
    formula:
      'θ = Σ α_k·θ_k, α_k ∝ ReLU(w_k − a·d_k + b), d_k = D_k / Σ D; all terms 0: α_k = w_k (`weightFallback`)',
    source: 'Ye et al. 2023, arXiv 2305.19229, on latents instead of labels',
    use: 'As distribution-aware, but linear in the distance and able to leave a hospital out.',
  },
  fedweight: {
    stages: ['two'],
    formula:
      "as fedavg; hospitals weigh a stay's objective by (p_all / p_own)^λ, 0.1…10, mean 1; λ = 0 is fedavg",
    source: 'after FedWeight (npj Digital Medicine 2025), with Gaussians on latents as densities',
    use: 'Single patients, not whole hospitals, are unlike the rest.',
  },
};

/** Options of a rule with their defaults, as they are written in a suite. */
function optionsOf(rule: string, { options = [] }: RuleDescription): string {
  const isVectorRule = (id: string): id is VectorRule => id in ruleOptions;
  const named = isVectorRule(rule)
    ? Object.entries(ruleOptions[rule].parse({})).map(([option, value]) => `\`${option}: ${String(value)}\``)
    : [];
  const all = [...named, ...options.map((option) => `\`${option}\``)];
  return all.length === 0 ? 'none' : all.join(', ');
}

/** docs/aggregation.md. */
export function ruleCatalogue(): string {
  const rows = Object.entries(ruleDescriptions).map(([rule, description]) => {
    const { stages, formula, source, use } = description;
    return `| \`${rule}\` | ${stages.join(', ')} | ${formula} | ${source} | ${optionsOf(rule, description)} | ${use} |`;
  });
  const explained = new Map<string, string>();
  for (const { shape } of Object.values(ruleOptions))
    for (const [option, schema] of Object.entries(shape))
      if (!explained.has(option)) explained.set(option, schema.unwrap().description ?? '');
  return `${[
    '# Aggregation rules',
    '',
    'Generated from the table in `src/federation/aggregation/`; a test keeps both equal. A rule says how the server makes the next parameters θ out of',
    "the hospitals' θ_k after a round that started from θʳ; n_k are a hospital's training stays, w_k = n_k / n, K the number of hospitals. Stage one is the",
    'autoencoder, stage two the temporal conditional VAE on its latents.',
    '',
    '| rule | stage | formula | source | options and defaults | when to use |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    '## How to choose a rule',
    '',
    '`fedehr-gen` takes `matching.rule` for stage one and `weighting.rule` for stage two, each with the options of its rule beside it:',
    '',
    '```yaml',
    'trainers:',
    '  - { id: fedprox, parameters: { mu: 0.1 } }',
    '  - id: fedehr-gen',
    '    variant: scaffold',
    '    parameters: { matching: { rule: scaffold }, weighting: { rule: scaffold } }',
    '  - id: fedehr-gen',
    '    variant: private',
    '    parameters: { matching: { rule: dp-fedavg, noise: 2 }, weighting: { rule: dp-fedavg, noise: 2 } }',
    '```',
    '',
    'An option of another rule is an error that names it. `fedavg` and `fedprox` are trainers of their own with one rule in both stages.',
    '',
    '## Options',
    '',
    '| option | meaning |',
    '|---|---|',
    ...[...explained].map(([option, meaning]) => `| \`${option}\` | ${meaning} |`),
    '',
    '## Matching neurons',
    '',
    'Averaging two networks is only sensible where neuron i of one does what neuron i of the other does. Hospitals that start from the same parameters',
    '(`initialisation: shared`) keep that order, and matching moves (almost) no neuron: 0 % in the runs of six seeds at small training, 0.4 to 2.3 % in full training. Where',
    'none moves, rules of fixed width are fedavg bit for bit; `matched-fedma` differs even then. Hospitals that start from their own (`independent`, with `autoencoder.localPretraining` epochs alone before they join) have unrelated orders, and matching moves most neurons in the',
    'first round. `autoencoder.evaluateGlobal` measures what is left: the loss of the aggregated network, which the loss of local training hides.',
    '`suites/heterogeneity.yaml` shows both regimes under every rule. Permutations cannot undo all that independent starts do: with a linear latent any',
    'invertible map of it is the same network; `latentActivation: relu` leaves permutations and scales only.',
    '',
    '`matched-fedma` shrinks a neuron with m matches by m / (m + 1) at its default σ² = σ₀² = 1, as published, and may add neurons: `fedma.growth` is the',
    'limit as a multiple of the width, `fedma.beyondGrowth` says whether no more are added there (`hold`) or the training fails (`fail`), and',
    '`fedma.latents: fixed` keeps the number of latents. γ ≪ 1 adds none; a σ² that is small for the scale of the weights matches nothing.',
    '',
    '## Distances of latents',
    '',
    "After stage one, hospitals with at least 50 training stays release the moments of their standardised latents; D_k compares a hospital's Gaussian",
    "with that of all hospitals (law of total variance). `w2` is the squared 2-Wasserstein distance over the pool's total variance (with `covariance: full` the",
    'Bures metric), `kl` the Kullback–Leibler divergence in nats, `mmd` the squared maximum mean discrepancy under five radial kernels (squared widths ¼, ½, 1,',
    "2, 4 times the pool's total variance) in closed form, which is what an estimate from infinitely many samples of both Gaussians would be. Sums of products",
    'for `covariance: full` cross only when a rule asks for them. A hospital that releases nothing counts as typical.',
    '',
    '## Hospitals that do not answer',
    '',
    'A round goes on with the hospitals that answer, and weights are those of the rule among them; the ledger names the others (`absent`). A hospital may come',
    'back in any later round. When none answers, or one sends numbers that are not finite or vectors of another length, the training fails with the reason.',
    'Counting, preparation and the hand-over of latents need every hospital, and so does `matched-fedma` all the time.',
    '',
    '## What dp-fedavg protects',
    '',
    "ε at δ is in `ledger.json` and `model.json` under `privacy`. It holds for a hospital's whole contribution to the parameters of the stages that use the rule:",
    "what a hospital's updates did to the parameters cannot be told from its updates being zero, for whoever sees the parameters after every round. The server is",
    'trusted. Counts, histograms, moments and training monitors carry no noise and are not covered, so a model is not differentially private as a whole.',
    'Rényi divergences of all rounds and stages add up (Mironov, Talwar & Zhang 2019, arXiv 1908.10530) and are converted as in Canonne, Kamath & Steinke 2020',
    '(arXiv 2004.00010). Who takes part is public, so no amplification by sampling is claimed.',
    '',
    'With P parameters and m hospitals the noise on θ has a norm of about noise·clip·√P / m, while no mean update is longer than clip: with a handful of hospitals',
    'and an ε that protects, noise outweighs what is learnt and the training may be stopped as diverged. That is the finding, not a fault.',
  ].join('\n')}\n`;
}
