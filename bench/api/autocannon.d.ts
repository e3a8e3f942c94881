// What the benchmark uses of autocannon, which has no types of its own.
declare module 'autocannon' {
  interface Options {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly duration: number;
    readonly connections: number;
    readonly overallRate?: number;
    readonly requests: readonly {
      readonly method: string;
      readonly path?: string;
      readonly setupRequest: (request: object) => object;
    }[];
  }
  interface Result {
    readonly duration: number;
    readonly requests: { readonly total: number };
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly non2xx: number;
    readonly errors: number;
  }
  export default function autocannon(options: Options): Promise<Result>;
}
