// A headless Chromium with the telephone page in it: an agent who clicks, speaks from a WAV file
// and whose sound can be listened to. Nothing of the page is replaced; it is only overheard.
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { findWorkerFile } from '../../media/index.ts';
import { findTool, requireTool } from './tools.ts';
import { until } from './until.ts';

/** Says whether both programs are there; skips the test otherwise, or fails it in CI. */
export function requireBrowser(t: Pick<TestContext, 'skip'>): boolean {
  if (!requireTool(t, 'chromium')) return false;
  const worker = findWorkerFile(process.env);
  if (worker !== null && existsSync(worker)) return true;
  const reason = 'there is no mediasoup worker: node scripts/mediasoup-worker.ts';
  if (process.env['CI'] === 'true') throw new Error(reason);
  t.skip(reason);
  return false;
}

/**
 * Runs in the page before anything else: keeps every connection, and what its tracks sound like at
 * 8 kHz, mono.
 */
const OVERHEAR = `
  globalThis.connections = [];
  globalThis.heard = [];
  globalThis.fragments = [];
  const overhear = (data) => {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    const step = data.sampleRate / 8000;
    for (let at = 0; at + step <= samples.length; at += step) {
      const mean = samples.subarray(at, at + step).reduce((sum, one) => sum + one, 0) / step;
      heard.push(Math.round(Math.max(-1, Math.min(1, mean)) * 32767));
    }
    data.close();
  };
  const Original = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(...args) {
      super(...args);
      connections.push(this);
      this.addEventListener('signalingstatechange', () => {
        if (this.signalingState !== 'stable') return;
        const of = (text) => /a=ice-ufrag:(\\S+)/.exec(text)[1];
        fragments.push(of(this.localDescription.sdp) + ' ' + of(this.remoteDescription.sdp));
      });
      this.addEventListener('track', ({ track }) => {
        const { readable } = new MediaStreamTrackProcessor({ track });
        void readable.pipeTo(new WritableStream({ write: overhear }));
      });
    }
  };
`;

/** What the connection counted, both ways. */
export interface BrowserStats {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly codec: string;
}

export class BrowserPhone {
  readonly page: Page;
  /** What the page wrote to its console, and errors nobody caught. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** @param speechFile WAV that its microphone hears, over and over */
  static async open(httpUrl: string, speechFile: string): Promise<BrowserPhone> {
    const browser = await chromium.launch({
      executablePath: findTool('chromium') ?? '',
      headless: true,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--ignore-certificate-errors',
        '--autoplay-policy=no-user-gesture-required',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${speechFile}`,
      ],
    });
    const page = await browser.newPage({ viewport: { width: 400, height: 760 } });
    // A browser and two servers of sound on a busy machine need their time.
    page.setDefaultTimeout(60_000);
    const phone = new BrowserPhone(browser, page);
    await page.addInitScript(OVERHEAR);
    await page.goto(`${httpUrl}/phone/`);
    return phone;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Logs in and waits until the line is registered. */
  async logIn(agentId: string, password: string): Promise<void> {
    await this.page.getByLabel('Agent').fill(agentId);
    await this.page.getByLabel('Password').fill(password);
    await this.click('Log in');
    await this.page.locator('#line[data-state="on"]').waitFor();
  }

  async click(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  async dial(number: string): Promise<void> {
    await this.page.locator('#number').fill(number);
    await this.click('Call');
  }

  /** Waits for a call to be `idle`, `calling`, `ringing` or `talking`. */
  async call(state: string): Promise<void> {
    await this.page.locator(`#call[data-state="${state}"]`).waitFor();
  }

  /** How much was heard since the page was opened; mono, 8 kHz. */
  async heardSamples(): Promise<number> {
    return this.page.evaluate<number>('heard.length');
  }

  /** The last of it. */
  async lastHeard(samples: number): Promise<Int16Array> {
    return Int16Array.from(await this.page.evaluate<number[]>(`heard.slice(-${samples})`));
  }

  /** Of the last connection. */
  async stats(): Promise<BrowserStats> {
    return this.page.evaluate<BrowserStats>(`(async () => {
      const report = [...(await connections.at(-1).getStats()).values()];
      const find = (type) => report.find((entry) => entry.type === type);
      const codec = report.find(({ id }) => id === find('inbound-rtp')?.codecId);
      return {
        packetsSent: find('outbound-rtp')?.packetsSent ?? 0,
        packetsReceived: find('inbound-rtp')?.packetsReceived ?? 0,
        codec: codec?.mimeType ?? '',
      };
    })()`);
  }

  /** ICE user name fragments of both sides after each exchange. */
  async iceCredentials(): Promise<readonly string[]> {
    return this.page.evaluate<string[]>('fragments');
  }

  /** Waits for a notice that says so. */
  async notice(said: RegExp): Promise<void> {
    await until(`the notice ${String(said)}`, async () =>
      said.test((await this.page.locator('#notice').textContent()) ?? ''),
    );
  }
}
