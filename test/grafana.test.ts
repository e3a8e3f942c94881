// The dashboard asks for what a running server exports, and is a file that Grafana can import.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSite, SITE_KEY } from './support/site.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const FILE = join(import.meta.dirname, '..', 'docs', 'grafana', 'ringback.json');
const dashboard = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly panels: readonly Panel[] };
const { panels } = dashboard;
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** What the expressions name that matches, each once. */
function named(pattern: RegExp): readonly string[] {
  const all = expressions.flatMap((expr) => [...expr.matchAll(pattern)].map(([, one = '']) => one));
  return [...new Set(all)];
}

test('panels have ids and places of their own', () => {
  const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.equal(new Set(places).size, panels.length);
  for (const { gridPos, type, targets = [] } of panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, 'a row has 24 columns');
    assert.equal(targets.length > 0, type !== 'row', 'all but rows ask for something');
  }
});

test('every metric and every stat of the dashboard is exported by a running server', async () => {
  const site = await openSite({ agents: [] });
  try {
    const headers = { Authorization: `Bearer ${SITE_KEY}` };
    const text = await (await fetch(`${site.server.http.url}/metrics`, { headers })).text();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)];
    const exported = types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    const metrics = named(/\b((?:ringback|process|nodejs)_\w+)\{/gu);
    assert.deepEqual(
      metrics.filter((name) => !exported.includes(name)),
      [],
    );
    const stats = named(/\b(ringback_(?:sip|media)\{[^}]*stat="\w+")/gu).map((series) =>
      series.replace('job=~"$job",', ''),
    );
    assert.ok(metrics.length > 20 && stats.length > 20, 'the names were found');
    assert.deepEqual(
      stats.filter((series) => !text.includes(`${series}}`)),
      [],
    );
  } finally {
    await site.close();
  }
});
