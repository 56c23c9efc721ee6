import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * This machine's folder for what may be deleted at any time: `fedehr` below `XDG_CACHE_HOME`, or below `~/.cache` where that is
 * unset or, against its specification, no absolute path.
 */
export function cacheFolder(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'fedehr');
}
