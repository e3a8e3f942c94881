// Whether a story ended as it should: every expectation is one check with what was found.
import { promptPath } from '../../media/index.ts';
import { likeness, longestHoleMs } from '../../test/support/audio.ts';
import { readSpeech } from '../../test/support/phone/sound.ts';
import type { Played } from './play.ts';
import type { Scenario } from './scenarios.ts';
import { speech } from './scenarios.ts';
import type { Stage } from './stage.ts';
import { CUSTOMER_NUMBER } from './stage.ts';

/** Speech that went through G.711 twice is still this much like itself; other speech is not. */
const SAME_VOICE = 0.9;
const OTHER_VOICE = 0.5;

/** Speech that is missing for longer would be heard as a gap. */
const MAX_HOLE_MS = 40;

export interface Check {
  readonly what: string;
  readonly passed: boolean;
  readonly found: string;
}

/** Both channels of the conversation's recording. */
export interface Stereo {
  readonly customer: Int16Array;
  readonly agent: Int16Array;
}

function same(what: string, found: unknown, expected: unknown): Check {
  const [shown, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  const passed = shown === wanted;
  return { what, passed, found: passed ? shown : `${shown}, expected ${wanted}` };
}

function voice(what: string, heard: Int16Array, name: string, other: string | null): Check[] {
  const right = likeness(readSpeech(speech(name)), heard).correlation;
  const wrong = other === null ? 0 : likeness(readSpeech(speech(other)), heard).correlation;
  const found = `correlation ${right.toFixed(3)}${
    other === null ? '' : `, of the other voice ${wrong.toFixed(3)}`
  }`;
  const passed = right >= SAME_VOICE && wrong < OTHER_VOICE;
  const holeMs = longestHoleMs(readSpeech(speech(name)), heard);
  return [
    { what: `${what}: the right voice`, passed, found },
    {
      what: `${what}: no hole in it`,
      passed: holeMs <= MAX_HOLE_MS,
      found: `longest ${holeMs} ms, at most ${MAX_HOLE_MS} ms`,
    },
  ];
}

function outcomeChecks(scenario: Scenario, played: Played): Check[] {
  const { expected } = scenario;
  const { callback } = played;
  if (callback === null) return [];
  const results = callback.attempts.map(({ result }) => result);
  const checks = [
    same('completed with', callback.reason, expected.reason),
    same('results of the attempts', results, expected.results),
  ];
  if (expected.heardAs === null) return checks;
  const cpd = callback.attempts.at(-1)?.cpd;
  // After the machine's greeting the beep is the last thing that was found.
  const kind = cpd?.kind === 'beep' ? 'machine' : cpd?.kind;
  return [...checks, same('what answered was taken for', kind ?? null, expected.heardAs)];
}

function diallingChecks(scenario: Scenario, stage: Stage): Check[] {
  const incoming = stage.customer.calls.filter(({ direction }) => direction === 'incoming');
  const agents = [...stage.phones.values()].flatMap((phone) => phone.calls);
  const checks = [same('calls to the customer', incoming.length, scenario.expected.results.length)];
  if (incoming.length > 0) {
    const most = stage.customer.maxConcurrentCallsTo(CUSTOMER_NUMBER);
    checks.push(same('calls to the customer at once', most, 1));
  }
  if (scenario.expected.agentsRungFirst) {
    const rungAtMs = Math.min(...agents.map((call) => call.startedAtMs));
    const dialledAtMs = incoming[0]?.startedAtMs ?? 0;
    checks.push(same('the agent was called first', rungAtMs < dialledAtMs, true));
  }
  return checks;
}

/** The conversation, as the recording and both telephones have it. */
function conversationChecks(scenario: Scenario, stage: Stage, recording: Stereo | null): Check[] {
  const { talksTo } = scenario.expected;
  if (talksTo === null) return [same('nothing was recorded', recording === null, true)];
  const phone = stage.phones.get(talksTo);
  const agentHeard = phone?.calls.findLast((call) => call.answeredAtMs !== null)?.heard();
  const customerHeard = stage.customer.calls.at(-1)?.heard() ?? new Int16Array();
  const checks = [same('a conversation was recorded', recording !== null, true)];
  if (recording !== null) {
    checks.push(
      ...voice('customer on the left channel', recording.customer, 'customer-talk', 'agent-talk'),
      ...voice('agent on the right channel', recording.agent, 'agent-talk', 'customer-talk'),
    );
  }
  const [customerVoice] = voice('', agentHeard ?? new Int16Array(), 'customer-talk', 'agent-talk');
  const [agentVoice] = voice('', customerHeard, 'agent-talk', 'customer-talk');
  if (customerVoice) checks.push({ ...customerVoice, what: `${talksTo} hears the customer` });
  if (agentVoice) checks.push({ ...agentVoice, what: `the customer hears ${talksTo}` });
  return checks;
}

function messageChecks(scenario: Scenario, stage: Stage): Check[] {
  if (!scenario.expected.message) return [];
  const [message] = stage.messages;
  if (!message) return [same('the machine recorded a message', false, true)];
  const prompt = readSpeech(promptPath('en', 'machine-message'));
  const found = likeness(prompt, message).correlation;
  return [
    {
      what: 'the machine recorded our message',
      passed: found >= SAME_VOICE,
      found: `correlation ${found.toFixed(3)}`,
    },
  ];
}

function ronaChecks(scenario: Scenario, played: Played): Check[] {
  const silent = scenario.agents.filter(({ agentId }) => agentId !== scenario.expected.talksTo);
  if (scenario.expected.talksTo === null) return [];
  return silent.map(({ agentId, displayName }) =>
    same(`${displayName} was made not ready`, played.notReady.get(agentId) ?? null, 'rona'),
  );
}

/** All checks of a story that was played. */
export function checkAll(
  scenario: Scenario,
  stage: Stage,
  played: Played,
  recording: Stereo | null,
): readonly Check[] {
  return [
    ...outcomeChecks(scenario, played),
    ...diallingChecks(scenario, stage),
    ...ronaChecks(scenario, played),
    ...messageChecks(scenario, stage),
    ...conversationChecks(scenario, stage, recording),
  ];
}
