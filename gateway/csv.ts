const MUST_QUOTE = /[",\r\n]/;
/** A spreadsheet takes what begins like this for a formula, and runs it. */
const STARTS_FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** A cell as RFC 4180 has it. Text that a spreadsheet would run gets an apostrophe before it; a negative number is none. */
export function csvCell(text: string): string {
  const harmless = STARTS_FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return MUST_QUOTE.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** Tells some spreadsheets that the file is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';
