// What a push service is to us, and what came of a notification. Types only.

export type ChannelName = 'fcm' | 'apns' | 'web-push' | 'custom';

export interface PushText {
  readonly title: string;
  readonly body: string;
  readonly callbackId: string;
  readonly event: string;
}

export type PushResult =
  | { readonly sent: true }
  | {
      readonly sent: false;
      readonly error: string;
      /** It may work in a moment. */
      readonly retryable: boolean;
      /** The device will never take anything again. */
      readonly gone: boolean;
    };

export interface PushChannel {
  /** Never throws. `dryRun`: as much as can be checked without showing anything on the device. */
  send(target: string, text: PushText, dryRun: boolean): Promise<PushResult>;
  close(): void;
}

/** A failure as a result. */
export function failed(error: string, retryable: boolean, gone = false): PushResult {
  return { sent: false, error: error.slice(0, 300), retryable, gone };
}
