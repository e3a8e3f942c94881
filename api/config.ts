// The public face of the configuration: one schema, parsed once, passed down as values.
export { loadConfig, mixedConfig, parseConfig, type Config } from './config/load.ts';
export {
  queueOfCalled,
  toAgentDefinitions,
  toCallbackSettings,
  toExternalEngine,
  toMediaOptions,
  toQueueDefinitions,
  toRouterOptions,
  toSipOptions,
  toSpeechOptions,
} from './config/mapping.ts';
export { toSubscribers } from './agent-passwords.ts';
export { toHours } from './config/hours.ts';
export { toChatOptions } from './config/chat.ts';
export { codecsOf } from './config/codecs.ts';
export { srtpPolicy } from './config/srtp.ts';
export { configText } from './config/print.ts';
export { configMarkdown } from './config/document.ts';
export type { AgentSettings, QueueSettings, Settings, TrunkSettings } from './config/schema.ts';
export { Secrets, type Environment } from './config/secrets.ts';
