// Assembles src/stats/pairSums.wat and writes the bytes beside it, as a module that needs no file at run time.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openWabt from 'wabt';

const beside = (name) => fileURLToPath(new URL(`../src/stats/${name}`, import.meta.url));

/** The bytes of a kernel in base64. */
export async function assemble(name) {
  const wabt = await openWabt();
  const parsed = wabt.parseWat(name, readFileSync(beside(name), 'utf8'), { simd: true });
  parsed.validate();
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return Buffer.from(buffer).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(
    beside('pairSumsKernel.ts'),
    `/** Made from pairSums.wat by scripts/assembleKernels.mjs: a WebAssembly module in base64. */\nexport const PAIR_SUMS_KERNEL =\n  '${await assemble('pairSums.wat')}';\n`,
  );
