export { runNames, type NamedRun } from './leaderboard/comparable.js';
export { leaderboardMarkdown } from './leaderboard/leaderboardMarkdown.js';
export { leaderboardOf } from './leaderboard/ranking.js';
export { writeLeaderboard } from './leaderboard/writeLeaderboard.js';
export { summaryMarkdown, summaryTable } from './summary.js';
export { trainingTable } from './trainingTable.js';
export { memorisationFlags } from './verdicts.js';
export { displayText } from './names.js';
export { writeReport, type WrittenReport } from './writeReport.js';
