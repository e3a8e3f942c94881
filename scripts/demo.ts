// `npm run demo`: a callback from the request to the last word, on this machine alone. The server,
// the trunk's far end and the agents' telephones are real; what came of it is checked, not shown.
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { checkAll } from './demo/checks.ts';
import { play } from './demo/play.ts';
import { findRecording, writeReport } from './demo/report.ts';
import type { Scenario } from './demo/scenarios.ts';
import { SCENARIOS } from './demo/scenarios.ts';
import { openStage } from './demo/stage.ts';
import { Timeline } from './demo/timeline.ts';

const USAGE = `npm run demo [-- --scenario NAME | --all] [--out FOLDER]

${SCENARIOS.map(({ name, title }) => `  ${name.padEnd(15)} ${title}`).join('\n')}
`;

function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Plays and checks one story; true when it ended as expected. */
async function tell(scenario: Scenario, out: string): Promise<boolean> {
  say(`\n${scenario.title}\n`);
  const timeline = new Timeline();
  const stage = await openStage(scenario, timeline);
  try {
    const played = await play(stage, scenario, timeline);
    const recording = await findRecording(stage);
    const checks = checkAll(scenario, stage, played, recording?.sound ?? null);
    const folder = join(out, scenario.name);
    const story = { scenario, stage, played, timeline, checks, recording };
    const paths = await writeReport(folder, story);
    say('\n  How it was checked');
    for (const { what, passed, found } of checks)
      say(`  ${passed ? 'ok  ' : 'NOT '} ${what}: ${found}`);
    say('\n  What it left');
    for (const path of paths) say(`  ${relative(process.cwd(), path)}`);
    return checks.every(({ passed }) => passed);
  } finally {
    await stage.close();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'person' },
      all: { type: 'boolean', default: false },
      out: { type: 'string', default: 'demo-out' },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = SCENARIOS.filter(({ name }) => values.all || name === values.scenario);
  if (values.help || chosen.length === 0) {
    say(values.help ? USAGE : `There is no scenario "${values.scenario}".\n\n${USAGE}`);
    return values.help ? 0 : 1;
  }
  const failed: string[] = [];
  for (const scenario of chosen) {
    const passed = await tell(scenario, values.out).catch((error: unknown) => {
      say(`\n  NOT  ${error instanceof Error ? error.message : String(error)}`);
      return false;
    });
    if (!passed) failed.push(scenario.name);
  }
  const fine = chosen.length - failed.length;
  const others = failed.length > 0 ? `; not: ${failed.join(', ')}` : '';
  say(`\n${fine} of ${chosen.length} ended as expected${others}`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
