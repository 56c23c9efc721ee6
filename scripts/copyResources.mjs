// Copies what the compiler leaves behind (SQL and YAML beside the code) from src/ to dist/.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const endings = new Set(['.sql', '.yaml']);

for (const entry of readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !endings.has(path.extname(entry.name))) continue;
  const from = path.join(entry.parentPath ?? entry.path, entry.name);
  const to = path.join(root, 'dist', path.relative(path.join(root, 'src'), from));
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}
