export { summaryMarkdown, summaryTable } from './summary.js';
export { writeReport, type WrittenReport } from './writeReport.js';
