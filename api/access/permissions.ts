// Who may do what: the one table of permissions and the roles that have them. A route names its
// permission where it is defined; what is not in this table is nobody's. PURE.

export const ROLES = ['agent', 'monitor', 'supervisor', 'developer', 'administrator'] as const;

export type Role = (typeof ROLES)[number];

/**
 * How far a role goes. `all`: whatever its lines of business show. `own`: what concerns the agent
 * who asks: the own state, the own previews, the interactions in hand.
 */
export type Reach = 'all' | 'own';

/** `open`: no identity is asked for. `session`: the route checks a session or token of its own. */
type Rule =
  | 'open'
  | 'session'
  | {
      readonly about: string;
      readonly roles: Readonly<Partial<Record<Role, Reach>>>;
      /** Concerns the whole installation: nobody who is limited to lines of business has it. */
      readonly wholeSite?: true;
    };

const all = (...roles: readonly Role[]): Readonly<Partial<Record<Role, Reach>>> =>
  Object.fromEntries([...roles, 'administrator' as const].map((role) => [role, 'all']));
const alsoOwn = (...roles: readonly Role[]): Readonly<Partial<Record<Role, Reach>>> => ({
  agent: 'own',
  ...all(...roles),
});

const TABLE = {
  open: 'open',
  session: 'session',
  'callbacks.read': {
    about: 'read callbacks, their history, place and explanation',
    roles: alsoOwn('monitor', 'supervisor', 'developer'),
  },
  'callbacks.list': {
    about: 'list and search callbacks',
    roles: all('monitor', 'supervisor', 'developer'),
  },
  'callbacks.create': { about: 'promise callbacks', roles: all('supervisor', 'developer') },
  'callbacks.change': {
    about: "move callbacks, answer for their customers, make customers' links",
    roles: all('supervisor', 'developer'),
  },
  'callbacks.cancel': { about: 'cancel callbacks', roles: all('supervisor', 'developer') },
  'callbacks.dispose': { about: 'keep a disposition', roles: alsoOwn('supervisor') },
  'chats.read': {
    about: 'read and follow a chat',
    roles: alsoOwn('monitor', 'supervisor', 'developer'),
  },
  'chats.list': { about: 'list chats', roles: all('monitor', 'supervisor', 'developer') },
  'chats.open': { about: 'open chats for customers', roles: all('supervisor', 'developer') },
  'chats.write': {
    about: 'write in chats, end them, ask for a callback instead',
    roles: alsoOwn('supervisor', 'developer'),
  },
  'chats.act': { about: 'accept, reject and hand over chats', roles: alsoOwn('supervisor') },
  'agents.read': { about: 'read an agent', roles: alsoOwn('monitor', 'supervisor') },
  'agents.list': { about: 'list agents', roles: all('monitor', 'supervisor') },
  'agents.act': {
    about: 'log in and out, ready and not ready, previews',
    roles: alsoOwn('supervisor'),
  },
  'agents.manage': {
    about: 'make and delete agents',
    roles: all('supervisor'),
    wholeSite: true,
  },
  'queues.read': {
    about: 'read queues, waits, slots and hours',
    roles: all('monitor', 'supervisor', 'developer'),
  },
  'calls.read': { about: 'see who is on the line', roles: all('monitor', 'supervisor') },
  'calls.control': {
    about: 'hold, play, keys, hang up, pause the recording',
    roles: alsoOwn('supervisor'),
  },
  'calls.monitor': { about: 'listen in, whisper, take part', roles: all('supervisor') },
  'traces.read': { about: 'read SIP messages of calls', roles: all('monitor', 'supervisor') },
  'recordings.read': { about: 'find and hear recordings', roles: all('supervisor') },
  'recordings.delete': { about: 'delete recordings', roles: all() },
  'reports.read': { about: 'read reports', roles: all('monitor', 'supervisor') },
  'events.read': {
    about: 'follow events by any protocol',
    roles: all('monitor', 'supervisor', 'developer'),
  },
  'trunks.read': { about: 'read trunks', roles: all('monitor', 'supervisor') },
  'trunks.manage': { about: 'switch trunks', roles: all(), wholeSite: true },
  'prompts.read': {
    about: 'read and hear prompts',
    roles: all('monitor', 'supervisor', 'developer'),
  },
  'prompts.manage': {
    about: 'upload and delete prompts',
    roles: all('developer'),
    wholeSite: true,
  },
  'webhooks.manage': { about: 'webhooks and their deliveries', roles: all('developer') },
  'push.manage': { about: 'devices of a callback', roles: all('developer') },
  'storage.use': { about: 'keep texts for a while', roles: all('supervisor', 'developer') },
  'people.read': {
    about: 'read everything about a person',
    roles: all('supervisor'),
    wholeSite: true,
  },
  'people.erase': { about: 'erase a person', roles: all(), wholeSite: true },
  'metrics.read': {
    about: 'read metrics',
    roles: all('monitor', 'supervisor', 'developer'),
    wholeSite: true,
  },
  'system.read': {
    about: 'read the state of the system',
    roles: all('monitor', 'supervisor'),
    wholeSite: true,
  },
  'system.manage': { about: 'change the system: bans', roles: all(), wholeSite: true },
  'keys.manage': { about: 'API keys', roles: all(), wholeSite: true },
  'audit.read': { about: 'read and check the audit log', roles: all(), wholeSite: true },
} as const satisfies Readonly<Record<string, Rule>>;

export type Permission = keyof typeof TABLE;

export const PERMISSIONS = Object.keys(TABLE) as readonly Permission[];

/** The rule of a permission. */
export function ruleOf(permission: Permission): Rule {
  return TABLE[permission];
}

/**
 * How far somebody goes with a permission; null: not at all. The wider of several roles counts.
 * @param isLimited whether the identity is limited to lines of business
 */
export function reachOf(
  permission: Permission,
  roles: readonly Role[],
  isLimited: boolean,
): Reach | null {
  const rule = ruleOf(permission);
  if (rule === 'open' || rule === 'session') return 'all';
  if (isLimited && rule.wholeSite === true) return null;
  const reaches = roles.map((role) => rule.roles[role]);
  if (reaches.includes('all')) return 'all';
  return reaches.includes('own') ? 'own' : null;
}
