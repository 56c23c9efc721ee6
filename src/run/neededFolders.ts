import { failed, type FailedOutcome } from './failedOutcome.js';
import type { ProductStore } from './productStore.js';

/**
 * Folders of the products that a job needs, checksums looked at.
 *
 * @returns a failed outcome where one is missing: it was damaged or removed since it was made
 */
export async function neededFolders(
  needs: Readonly<Record<string, string>>,
  store: ProductStore,
): Promise<{ folders: Readonly<Record<string, string>> } | FailedOutcome> {
  const folders: Record<string, string> = {};
  for (const [name, key] of Object.entries(needs)) {
    const product = await store.find(key);
    if (product === undefined)
      return failed(
        `store: its ${name} was made and is no longer whole in ${store.location}; run the same command again`,
        true,
      );
    folders[name] = product.folder;
  }
  return { folders };
}
