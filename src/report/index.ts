export { summaryMarkdown, summaryTable } from './summary.js';
export { trainingTable } from './trainingTable.js';
export { writeReport, type WrittenReport } from './writeReport.js';
