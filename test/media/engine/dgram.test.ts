// The engine's tests of packets on their way, once more over Node's own sockets.
import { preset } from './engine.ts';

preset.sockets = 'dgram';
await import('./bridge.test.ts');
await import('./latch.test.ts');
await import('./lifecycle.test.ts');
await import('./mix.test.ts');
await import('./play.test.ts');
await import('./quality.test.ts');
await import('./rejoin.test.ts');
await import('./srtp.test.ts');
await import('./wideband.test.ts');
