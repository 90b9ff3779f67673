import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, type Finding } from './diagnosis.ts';
import { table } from './report.ts';

const root = process.cwd();
const places = { root, dataDir: join(root, '.data'), cacheDir: join(root, '.cache') };

function show(findings: Finding[]): void {
  process.stdout.write(
    `\n${table(findings.map((finding) => [finding.isFine ? 'ok' : 'FIX', finding.name, finding.found]))}\n`,
  );
  for (const finding of findings) {
    if (!finding.isFine)
      process.stdout.write(`\n  ${finding.name}\n    cause: ${finding.found}\n    fix:   ${finding.fix ?? ''}\n`);
  }
}

if (!existsSync(join(root, 'package.json')) || !readdirSync(root).includes('embedded')) {
  process.stderr.write('Run this from the root of the checkout: npm run doctor\n');
  process.exitCode = 1;
} else {
  let findings = await diagnose({ ...places, env: process.env });
  if (process.argv.includes('--fix')) {
    for (const finding of findings) finding.mend?.();
    findings = await diagnose({ ...places, env: process.env });
  }
  show(findings);
  const broken = findings.filter((finding) => !finding.isFine);
  const canMend = broken.some((finding) => finding.mend !== undefined);
  const hint = canMend ? ' npm run doctor -- --fix mends some of it.' : '';
  process.stdout.write(
    broken.length === 0 ? '\n  Nothing stands in the way of npm start.\n' : `\n  ${broken.length} to fix.${hint}\n`,
  );
  process.exitCode = broken.length === 0 ? 0 : 1;
}
