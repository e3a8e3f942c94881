// What no single field of a trunk can say: what goes together, and what names must lead to. PURE.
import type { ConfigIssue } from './issues.ts';
import { spokenByAll } from './codecs.ts';
import { repeated } from './repeated.ts';
import type { Settings, TrunkSettings } from './schema.ts';

/** Every contradiction in and between trunks, their groups and the queues that use them. */
export function trunkIssues({ sip, media, queues }: Settings): ConfigIssue[] {
  return [
    ...sip.trunks.flatMap(credentialIssues),
    ...repeated(sip.trunks, (trunk) => trunk.name, ['sip', 'trunks'], 'name'),
    ...groupIssues(sip),
    ...codecIssues(sip, media),
    ...queues.flatMap((queue, index) => callerIdIssues(sip, queue.callback, index)),
  ];
}

function credentialIssues(trunk: TrunkSettings, index: number): ConfigIssue[] {
  const path = ['sip', 'trunks', index];
  if ((trunk.username === null) !== (trunk.passwordEnv === null)) {
    const missing = trunk.username === null ? 'username' : 'passwordEnv';
    const message = 'is missing: username and passwordEnv go together';
    return [{ path: [...path, missing], message }];
  }
  if (!trunk.registration.enabled) return [];
  if (trunk.protocol === 'any') {
    const message = 'is "any", which a trunk with a registration cannot have: name one';
    return [{ path: [...path, 'protocol'], message }];
  }
  if (trunk.username !== null) return [];
  return [{ path: [...path, 'username'], message: 'is missing: registration needs it' }];
}

/** A trunk speaks what media does; the trunks of a group have something in common. */
function codecIssues(
  { trunks, trunkGroups }: Settings['sip'],
  { codecs: spoken }: Settings['media'],
): ConfigIssue[] {
  const strange = trunks.flatMap(({ codecs }, index) =>
    (codecs ?? []).flatMap((codec, position) => {
      if (spoken.includes(codec)) return [];
      const path = ['sip', 'trunks', index, 'codecs', position];
      return [{ path, message: `is "${codec}", which is not among media.codecs` }];
    }),
  );
  const apart = trunkGroups.flatMap(({ members }, index) => {
    const names = members.map(({ trunk }) => trunk);
    if (spokenByAll(names, trunks, spoken).length > 0) return [];
    const path = ['sip', 'trunkGroups', index, 'members'];
    return [{ path, message: 'have no codec that all of them speak' }];
  });
  return [...strange, ...apart];
}

function groupIssues({ trunks, trunkGroups }: Settings['sip']): ConfigIssue[] {
  const path = ['sip', 'trunkGroups'];
  const names = new Set(trunks.map((trunk) => trunk.name));
  const inside = trunkGroups.flatMap((group, index) => {
    const at = [...path, index];
    const shadow = names.has(group.name)
      ? [{ path: [...at, 'name'], message: `is "${group.name}", which is a trunk already` }]
      : [];
    const unknown = group.members.flatMap(({ trunk }, position) =>
      names.has(trunk)
        ? []
        : [
            {
              path: [...at, 'members', position, 'trunk'],
              message: `is "${trunk}", which is not among sip.trunks: ${[...names].join(', ')}`,
            },
          ],
    );
    const twice = repeated(group.members, ({ trunk }) => trunk, [...at, 'members'], 'trunk');
    return [...shadow, ...unknown, ...twice];
  });
  return [...inside, ...repeated(trunkGroups, (group) => group.name, path, 'name')];
}

/** A queue's number must be one that every trunk it may call through is allowed to show. */
function callerIdIssues(
  { trunks, trunkGroups }: Settings['sip'],
  callback: Settings['queues'][number]['callback'],
  index: number,
): ConfigIssue[] {
  const { callerId, trunk: wanted } = callback;
  if (callerId === null) return [];
  const group = trunkGroups.find(({ name }) => name === wanted);
  const name = wanted ?? trunks[0]?.name;
  const used = group?.members.map(({ trunk }) => trunk) ?? [name];
  const refusing = trunks.filter(
    (trunk) =>
      used.includes(trunk.name) &&
      trunk.callerId !== callerId &&
      !trunk.allowedCallerIds.includes(callerId),
  );
  return refusing.map((trunk) => ({
    path: ['queues', index, 'callback', 'callerId'],
    message: `is "${callerId}", which is not among the allowedCallerIds of trunk ${trunk.name}`,
  }));
}
