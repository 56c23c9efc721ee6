import type * as leaderboards from './leaderboard/writeLeaderboard.js';
import type * as reports from './writeReport.js';

// Drawing needs Vega, which takes 15 MB of heap and a third of a second: it is read when a page is written, not when a command starts.

/** See `writeReport.ts`. */
export const writeReport: typeof reports.writeReport = async (...given) =>
  (await import('./writeReport.js')).writeReport(...given);

/** See `leaderboard/writeLeaderboard.ts`. */
export const writeLeaderboard: typeof leaderboards.writeLeaderboard = async (...given) =>
  (await import('./leaderboard/writeLeaderboard.js')).writeLeaderboard(...given);
