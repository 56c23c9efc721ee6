export { summaryMarkdown, summaryTable } from './summary.js';
export { trainingTable } from './trainingTable.js';
export { memorisationFlags } from './verdicts.js';
export { displayText } from './names.js';
export { writeReport, type WrittenReport } from './writeReport.js';
