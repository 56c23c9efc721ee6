import { TrainingFailure } from '../../federation/trainingFailure.js';
import type { RoundEvent, TrainingEvent } from '../contract.js';
import type { GeneratorParameters } from './parameters.js';

/** Fewer active units of the code than this, or less latent variance than this share of the real one, is a collapse. */
const leastActiveUnits = 2;
const leastVarianceRatio = 0.2;

/** A loss has left its start behind when it lies this many times the start's size above it. */
const divergenceFactor = 10;
/** Size of a start near zero, in nats a step: the Kullback–Leibler term alone may add so much while it is warmed up. */
const leastStart = 10;
/** Nats a step that no model of standardised values comes near; shows a first round that already exploded. */
const explosion = 1e5;

/** Stops the training, or says the same as a warning. */
function raise(policy: 'warn' | 'stop', message: string, emit: (event: TrainingEvent) => void): void {
  if (policy === 'stop') throw new TrainingFailure(message);
  emit({ kind: 'warning', message });
}

/**
 * Passes rounds on and watches every stage's loss: one far above its first round (start + 10 · max(|start|, 10 nats)) or
 * above 100,000 nats a step diverges. Raised once a stage.
 *
 * @throws TrainingFailure from the returned function when `alarms.divergence` is `stop`
 */
export function watchDivergence(
  alarms: GeneratorParameters['alarms'],
  emit: (event: TrainingEvent) => void,
): (event: TrainingEvent) => void {
  const starts = new Map<string, number>();
  const raised = new Set<string>();
  return (event) => {
    emit(event);
    if (event.kind !== 'round' || raised.has(event.stage)) return;
    const start = starts.get(event.stage) ?? event.loss;
    starts.set(event.stage, start);
    const exploded = event.loss > explosion;
    if (!exploded && event.loss <= start + divergenceFactor * Math.max(Math.abs(start), leastStart)) return;
    raised.add(event.stage);
    const course = exploded
      ? `is ${event.loss.toPrecision(3)} in round ${event.round}`
      : `rose from ${start.toPrecision(3)} in round 1 to ${event.loss.toPrecision(3)} in round ${event.round}`;
    raise(
      alarms.divergence,
      `the training of stage ${event.stage} diverged: its loss ${course}; lower the learning rate`,
      emit,
    );
  };
}

/**
 * Looks whether stage two collapsed: it ignores its code, or draws nearly the same for everybody. A decoder that draws
 * observations conditions every cell on those before it and has chance of its own: an idle code is no collapse there.
 *
 * @param varianceRatio variance of drawn latents against real ones
 * @throws TrainingFailure when it did and `alarms.collapse` is `stop`, or when the model draws numbers that are not finite
 */
export function watchCollapse(
  {
    alarms,
    tcvae,
  }: {
    readonly alarms: GeneratorParameters['alarms'];
    readonly tcvae: Pick<GeneratorParameters['tcvae'], 'output'>;
  },
  lastRound: Pick<RoundEvent, 'monitors'> | undefined,
  varianceRatio: number,
  emit: (event: TrainingEvent) => void,
): void {
  if (!Number.isFinite(varianceRatio))
    throw new TrainingFailure(
      'the trained TCVAE draws numbers that are not finite; a smaller learning rate usually helps',
    );
  const active = lastRound?.monitors?.['activeUnits'];
  if (tcvae.output === 'latent' && active !== undefined && active < leastActiveUnits)
    raise(
      alarms.collapse,
      `the TCVAE collapsed: ${active.toFixed(1)} active units of its code, at least ${leastActiveUnits} are needed; lower beta, set freeBits, or train longer`,
      emit,
    );
  if (varianceRatio < leastVarianceRatio)
    raise(
      alarms.collapse,
      `the TCVAE collapsed: its draws vary ${varianceRatio.toFixed(3)} times as much as real ones, at least ${leastVarianceRatio} is needed; train longer or check the learning rate`,
      emit,
    );
}
