import * as tf from '@tensorflow/tfjs-core';
import type { EngineName } from './contract.js';
// Wrong input is one kind of error in every part of the product, the foundations included.
import { InputError } from '../cohort/inputError.js';

/** Tail of the queue: tfjs has one current backend per process, so whoever needs a certain one waits for its turn. */
let turn: Promise<unknown> = Promise.resolve();

/** Runs `body` with the named tfjs backend as the current one, alone, and puts the previous one back. */
export async function onBackend<Result>(name: string, body: () => Result): Promise<Result> {
  const mine = turn.then(async () => {
    // Empty while no backend was ever needed.
    const before = tf.getBackend();
    if (!(await tf.setBackend(name))) throw new Error(`the tfjs backend ${name} does not start here`);
    try {
      return body();
    } finally {
      if (before && before !== name) await tf.setBackend(before);
    }
  });
  turn = mine.catch(() => undefined);
  return mine;
}

const packages: Readonly<Record<Exclude<EngineName, 'onnx'>, string>> = {
  tensorflow: '@tensorflow/tfjs-node',
  cpu: '@tensorflow/tfjs-backend-cpu',
  wasm: '@tensorflow/tfjs-backend-wasm',
};

/**
 * Loads the package behind an eager engine.
 * @throws InputError when the package is not installed, or its native library does not load
 */
export async function loadBackend(engine: Exclude<EngineName, 'onnx'>): Promise<void> {
  const name = packages[engine];
  // Silences tfjs-backend-cpu's advice to install tfjs-node.
  tf.enableProdMode();
  try {
    await import(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw new InputError({
      expected: `the package ${name} for the engine "${engine}"`,
      found: `none that loads (${reason})`,
      remedy: `Install it with \`npm install ${name}\` (it downloads a native library), or use the engine "onnx".`,
    });
  }
}
