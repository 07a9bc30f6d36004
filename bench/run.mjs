/**
 * npm run bench: measures what this project promises, on this machine, as ratios to others in the same run.
 * Exit code 1 when a target is missed or the program under test fails; a peer that cannot be had is only reported.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as action from './action.mjs';
import * as dryRun from './dry-run.mjs';
import * as manyTasks from './many-tasks.mjs';
import * as memory from './memory.mjs';
import * as oneTask from './one-task.mjs';
import * as output from './output.mjs';
import { cellsOf, markdownTable, notMeasured } from './verdict.mjs';
import * as worktrees from './worktrees.mjs';

const ROWS = {
  'one-task': oneTask,
  'many-tasks': manyTasks,
  memory,
  output,
  'dry-run': dryRun,
  action,
  worktrees,
};
const USAGE = `npm run bench -- [--only ROW]… [--rounds N] [--cli PATH | --peers-only] [--json]
rows: ${Object.keys(ROWS).join(', ')}`;

function fail(message) {
  console.error(`bench: ${message}\n${USAGE}`);
  process.exit(2);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        cli: { type: 'string', default: join(import.meta.dirname, '../dist/cli/index.js') },
        'peers-only': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    return fail(error.message);
  }
}

const options = readOptions();
const rows = options['peers-only'] ? ['many-tasks'] : (options.only ?? Object.keys(ROWS));
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
for (const name of rows) if (!Object.hasOwn(ROWS, name)) fail(`there is no row ${name}`);
const wanted = options.rounds === undefined ? undefined : Number(options.rounds);
if (wanted !== undefined && !(Number.isInteger(wanted) && wanted > 0))
  fail('--rounds takes a number above zero');
const cli = options['peers-only'] ? undefined : resolve(options.cli);
if (cli !== undefined && !existsSync(cli)) fail(`there is no program at ${cli}`);

const scratch = mkdtempSync(join(tmpdir(), 'batchtool-bench-'));
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  loadBefore: Number(loadavg()[0].toFixed(2)),
};
const results = [];
const say = options.json ? () => undefined : console.log;

say(
  `${Object.entries(machine)
    .map(([key, value]) => `${key} ${value}`)
    .join(' · ')}\n`,
);
try {
  for (const name of rows) {
    const row = ROWS[name];
    const bench = { cli, scratch, rounds: wanted ?? row.rounds };
    const checks = await row
      .run(bench)
      .catch((error) => [notMeasured({ what: name, why: error.message, broken: true })]);
    for (const each of checks) say(cellsOf(each).join(' · '));
    results.push(...checks.map((each) => ({ row: name, rounds: bench.rounds, ...each })));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (options.json) console.log(JSON.stringify({ machine, results }, null, 2));
else say(`\n${markdownTable(results)}`);
process.exitCode = results.some(({ verdict, broken }) => verdict === 'MISSED' || broken) ? 1 : 0;
