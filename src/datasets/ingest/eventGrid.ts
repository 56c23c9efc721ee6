import { z } from 'zod';

import { InputError } from '../../cohort/inputError.js';
import type { EventFeature } from '../../cohort/types.js';
import type { IngestAdapter } from './adapter.js';
import type { Concept, ConceptItem } from './conceptDictionary.js';
import { itemsIn } from './features.js';
import { readDocument } from './yamlDocument.js';

const mappingFile = z.strictObject({
  tables: z
    .array(
      z.strictObject({
        table: z.string().min(1),
        origin: z.string().min(1),
        column: z.string().min(1),
        unit: z.array(z.string().min(1)).min(1).optional(),
        labels: z.record(z.string(), z.string().min(1)).optional(),
      }),
    )
    .min(1),
});

type MappedTable = z.infer<typeof mappingFile>['tables'][number];

/** The item as events name it. Items whose own unit the source has wrong cannot be told apart from others by their events. */
function eventItem(item: ConceptItem, { labels }: MappedTable, file: string): string {
  const label = labels === undefined ? item.item : labels[item.item];
  if (label === undefined)
    throw new InputError({
      file,
      place: 'labels',
      expected: `the label of item ${item.item}`,
      found: 'none',
      remedy: 'Add it, as the source spells it.',
    });
  return label.toLowerCase();
}

function featureOf(
  adapter: IngestAdapter,
  concept: Concept,
  mapped: MappedTable,
  file: string,
): EventFeature | null {
  const same = ({ scale, offset }: { scale: number; offset: number }): boolean => scale === 1 && offset === 0;
  const own = concept.conversions.filter(same).map(({ unit }) => unit);
  const other = concept.conversions.filter((conversion) => !same(conversion)).map(({ unit }) => unit);
  const items = itemsIn(adapter, concept)
    .filter(({ origin, unit }) => origin === mapped.origin && unit === undefined)
    .map((item) => eventItem(item, mapped, file));
  if (items.length === 0 || concept.kind !== 'continuous') return null;
  return {
    feature: concept.name,
    table: mapped.table,
    items: [...new Set(items)],
    column: mapped.column,
    ...(mapped.unit === undefined || own.length === 0 ? {} : { unit: { columns: mapped.unit, own, other } }),
  };
}

/**
 * How features of a grid are made out of an adapter's events: by `dictionaries/<adapter>-events.yaml` and the items and units that
 * the concepts have. Concepts without an item among the events, like bedside vital signs, are left out; so are items that the
 * dictionary gives a unit of their own.
 *
 * @throws InputError on a faulty mapping file
 */
export async function eventGrid(
  adapter: IngestAdapter,
  concepts: readonly Concept[],
): Promise<EventFeature[]> {
  if (adapter.events.length === 0) return [];
  const file = `${adapter.id}-events.yaml`;
  const { tables } = await readDocument(new URL(`../dictionaries/${file}`, import.meta.url), mappingFile);
  return concepts.flatMap((concept) => {
    for (const mapped of tables) {
      const feature = featureOf(adapter, concept, mapped, file);
      if (feature !== null) return [feature];
    }
    return [];
  });
}
