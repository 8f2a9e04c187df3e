/** Tables as stages write and read them; the same for stages, charts and reports. */
export { csvRows, formatCsv, parseCsv } from '../../src/base/csv.ts';
