import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/cohort/inputError.js';
import { random } from '../../src/engine/random.js';
import { metricNamed, metricsOf } from '../../src/metrics/selection.js';
import { simulateSplit } from './simulatedCohort.js';

describe('metric table', () => {
  it('holds the metrics that other tools may rely on', () => {
    for (const id of [
      'marginal.ks',
      'marginal.wasserstein',
      'marginal.missing_rate',
      'marginal.prevalence_r2',
      'marginal.tvd',
      'marginal.js',
      'marginal.prevalence_pearson',
      'marginal.prevalence_pearson_squared',
      'marginal.prevalence_rmse',
      'marginal.prevalence_mae',
      'marginal.codes_lost',
      'marginal.codes_invented',
      'marginal.observed_mean_gap',
      'marginal.observed_sd_gap',
      'marginal.static_gap',
      'marginal.label_prevalence_gap',
      'marginal.length_ks',
      'marginal.event_count_ks',
      'marginal.stays_per_patient_ks',
      'pairwise.correlation_gap',
      'pairwise.association_gap',
      'pairwise.correlation_agreement',
      'pairwise.cooccurrence_r2',
      'temporal.acf_gap',
      'temporal.mask_transition',
      'temporal.cross_lag_gap',
      'temporal.increment_ks',
      'temporal.sequence_statistics_ks',
      'temporal.gap_ks',
      'temporal.measurement_gap_ks',
      'temporal.event_time_ks',
      'temporal.missing_rate_over_time',
      'temporal.mask_cooccurrence',
      'temporal.informative_missingness',
      'temporal.code_transition',
      'temporal.code_bigram_r2',
      'temporal.spectral_gap',
      'temporal.lag_pair_mmd',
      'temporal.dtw_set_distance',
      'temporal.predictive_score',
      'joint.discriminator_auroc',
      'joint.discriminative_score',
      'joint.mmd',
      'joint.precision',
      'joint.recall',
      'joint.density',
      'joint.coverage',
      'joint.alpha_precision',
      'joint.beta_recall',
      'joint.authenticity',
      'utility.tstr_auroc',
      'utility.trtr_auroc',
      'utility.tstr_gap',
      'utility.augmentation_gain',
      'utility.tstr_auprc',
      'utility.tstr_brier',
      'utility.tstr_calibration_slope',
      'utility.tstr_calibration_intercept',
      'utility.trts_auroc',
      'utility.importance_agreement',
      'utility.subgroup_gap',
      'utility.los_auroc',
      'utility.los_mae',
      'utility.next_step_auroc',
      'utility.next_step_mae',
      'utility.leave_one_hospital_out_auroc',
      'privacy.mia_distance_auroc',
      'privacy.mia_tpr_at_fpr',
      'privacy.dcr_share',
      'privacy.duplicate_excess',
      'privacy.nnaa',
      'privacy.attribute_inference',
      'privacy.mir_f1',
      'privacy.mia_median_accuracy',
      'site.fidelity_gap',
      'site.worst_membership',
      'site.contribution_skew',
      'site.client_inference',
      'privacy.dcr_quantile',
      'privacy.nndr',
      'privacy.epsilon_identifiability',
      'privacy.mia_calibrated_auroc',
      'privacy.mia_monte_carlo_auroc',
      'privacy.mia_logan_auroc',
      'privacy.mia_domias_auroc',
      'privacy.mia_advantage',
      'events.cde',
      'events.i_cde',
      'events.item_coverage',
      'events.null_rate_gap',
      'events.pcc',
      'events.i_pcc',
      'events.correlation_agreement',
      'events.time_gap',
      'events.time',
      'events.event_count',
      'events.predictive_er',
      'events.predictive_smape',
      'events.next_event',
      'events.utility_auroc',
      'events.mia_auroc',
      'events.mia_tpr_at_fpr',
      'events.mia_median_accuracy',
      'events.row_copy_excess',
      'events.acceptance_rate',
    ])
      expect(metricNamed(id).descriptor.id).toBe(id);
  });

  it('scores every fidelity metric against holdout first and train second', () => {
    const selections = metricsOf('fast').filter(({ metric }) =>
      ['marginal', 'pairwise', 'temporal', 'joint'].includes(metric.descriptor.family),
    );
    expect(selections.map(({ parameters }) => parameters['against'])).toEqual(
      Array.from({ length: selections.length }, (_, i) => (i % 2 === 0 ? 'holdout' : 'train')),
    );
  });

  it('takes a list of ids, each once', () => {
    expect(metricsOf(['privacy.dcr_share', 'privacy.dcr_share'])).toHaveLength(1);
  });

  it('suggests the nearest name for an unknown metric or preset', () => {
    expect(() => metricsOf(['marginal.kss'])).toThrow('Did you mean "marginal.ks"?');
    expect(() => metricsOf('fats')).toThrow('Did you mean "fast"?');
    expect(() => metricNamed('toString')).toThrow(InputError);
  });

  it.each([
    ['marginal.ks', { against: 'reference' }, 'holdout or train'],
    ['pairwise.correlation_gap', { minJoint: 'many' }, 'a number'],
    ['pairwise.association_gap', { numeric: 'kendall' }, 'pearson or spearman'],
    ['marginal.js', { bins: 1 }, 'a whole number of at least 2'],
    ['marginal.prevalence_r2', { by: 'hour' }, 'step or code or stay'],
    ['marginal.prevalence_r2', { below: 2 }, 'a number from 0 to 1'],
    ['utility.tstr_auroc', { model: 'toString' }, 'one of the models logistic, forest'],
    ['utility.tstr_auroc', { model: 'forest', seeds: 0 }, 'a whole number from 1'],
    ['utility.tstr_auroc', { classRatio: 'half' }, 'generated or matched'],
    ['utility.tstr_auprc', { test: 'half' }, 'natural or balanced'],
    ['utility.subgroup_gap', { by: 'height' }, 'age or sex'],
    ['utility.leave_one_hospital_out_auroc', { aggregate: 'median' }, 'mean or worst'],
    ['utility.augmentation_gain', { alpha: 2 }, 'a number above 0 and up to 1'],
  ])('%s refuses the parameters %j', async (id, parameters, expected) => {
    const split = simulateSplit([30], 'parameters');
    const inputs = { ...split, synthetic: split.train, label: 'death', resamples: 0 };
    await expect(Promise.resolve(metricNamed(id).compute(inputs, parameters, random('x')))).rejects.toThrow(
      expected,
    );
  });

  it('refuses a label that the cohort does not have or that is not binary', async () => {
    const split = simulateSplit([30], 'labels');
    const compute = (label: string, kind: 'binary' | 'continuous'): Promise<unknown> => {
      const withKind = (cohort: typeof split.train): typeof split.train => ({
        ...cohort,
        schema: { ...cohort.schema, labels: [{ name: 'death', kind }] },
      });
      const [train, holdout] = [withKind(split.train), withKind(split.holdout)];
      const inputs = { train, holdout, reference: null, synthetic: train, label, resamples: 0 };
      return Promise.resolve(metricNamed('utility.tstr_auroc').compute(inputs, {}, random('x')));
    };
    await expect(compute('deaths', 'binary')).rejects.toThrow('one of the labels death');
    await expect(compute('death', 'continuous')).rejects.toThrow('a binary label');
  });
});
