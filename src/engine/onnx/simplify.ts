import type { Graph, Node } from './graph.js';

/**
 * Merges `Gemm(a, b) + c` into `Gemm(a, b, c)` where nothing else reads the product and c is a row vector or of the
 * product's shape. Saves one pass over the product, for biases as for summed gradients.
 */
export function mergeAdditions(graph: Graph, nodes: readonly Node[], outputs: ReadonlySet<string>): Node[] {
  const uses = new Map<string, number>();
  const producer = new Map<string, Node>();
  for (const node of nodes) {
    for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
    for (const output of node.outputs) producer.set(output, node);
  }
  const merged = new Set<Node>();
  const result: Node[] = [];
  for (const node of nodes) {
    let replacement = node;
    if (node.operator === 'Add') {
      const shape = graph.type(node.outputs[0]!).shape;
      for (const [product, addend] of [
        [node.inputs[0]!, node.inputs[1]!],
        [node.inputs[1]!, node.inputs[0]!],
      ] as const) {
        const gemm = producer.get(product);
        if (gemm?.operator !== 'Gemm' || gemm.inputs.length !== 2) continue;
        if (uses.get(product) !== 1 || outputs.has(product)) continue;
        const from = graph.type(product).shape;
        if (from[0] !== shape[0] || from[1] !== shape[1] || shape.length !== 2) continue;
        const added = graph.type(addend).shape;
        const row = added.length <= 2 && added.at(-1) === shape[1] && (added.length < 2 || added[0] === 1);
        const full = added.length === 2 && added[0] === shape[0] && added[1] === shape[1];
        if (!row && !full) continue;
        replacement = { ...gemm, inputs: [...gemm.inputs, addend], outputs: node.outputs };
        merged.add(gemm);
        producer.set(node.outputs[0]!, replacement);
        break;
      }
    }
    result.push(replacement);
  }
  return result.filter((node) => !merged.has(node));
}

/** Drops every operator that no output needs. */
export function dropUnused(nodes: readonly Node[], outputs: readonly string[]): Node[] {
  const needed = new Set(outputs);
  const kept: Node[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    kept.push(node);
  }
  return kept.reverse();
}

/** Names the values that leave the graph; a value that leaves twice, or is an input, is copied by an Identity. */
export function nameOutputs(
  graph: Graph,
  nodes: readonly Node[],
  outputs: readonly (readonly [name: string, value: string])[],
): Node[] {
  const produced = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies: Node[] = [];
  for (const [name, value] of outputs) {
    graph.types.set(name, graph.type(value));
    if (produced.has(value) && !renamed.has(value)) renamed.set(value, name);
    else {
      copies.push({
        name: `output ${name}`,
        operator: 'Identity',
        domain: '',
        inputs: [renamed.get(value) ?? value],
        outputs: [name],
        attributes: {},
      });
    }
  }
  const rename = (value: string): string => renamed.get(value) ?? value;
  return [
    ...nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    ...copies,
  ];
}
