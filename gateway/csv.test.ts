import fc from 'fast-check';
import { csvCell, csvLine } from './csv.ts';

test.each([
  ['=1+1', "'=1+1"],
  ['+49 30', "'+49 30"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['-7', '-7'],
  ['-0.25', '-0.25'],
  ['not_shared', 'not_shared'],
  ['Zoë, "the fast"', '"Zoë, ""the fast"""'],
  ['two\nlines', '"two\nlines"'],
  ['', ''],
])('%p is written %p', (text, written) => {
  expect(csvCell(text)).toBe(written);
});

/** As RFC 4180 is read, sign by sign. */
function readLine(line: string): string[] {
  const cells = [''];
  let isQuoted = false;
  for (let at = 0; at < line.length - 2; at++) {
    const sign = line[at] as string;
    const isPair = isQuoted && sign === '"' && line[at + 1] === '"';
    if (isPair) at += 1;
    if (sign === '"' && !isPair) isQuoted = !isQuoted;
    else if (sign === ',' && !isQuoted) cells.push('');
    else cells[cells.length - 1] += sign;
  }
  return cells;
}

test('whatever is written is read as the same cells, and none of them is a formula', () => {
  const cell = fc.oneof(
    fc.string(),
    fc
      .constantFrom('=', '+', '-', '@', '\t', '"', ',', '\r\n')
      .chain((start) => fc.string().map((rest) => start + rest)),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 8 }), (cells) => {
      const read = readLine(csvLine(cells));
      expect(read.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, ''))).toEqual(
        cells.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, '')),
      );
      for (const text of read) expect(text).toMatch(/^(?![=+@\t\r])(?!-(?!\d+(\.\d+)?$))/);
    }),
  );
});
