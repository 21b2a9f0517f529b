/**
 * Silent sign-ins are chains of redirects and scripts without pauses; a form waits for ever. Longer than an access
 * token waits for its refresh token. Milliseconds.
 */
const QUIET_MS = 3_000;

/** A page that has not gone anywhere for this long will not, even if it keeps talking to its server. */
const STUCK_MS = 10_000;

/** What a silent sign-in comes to when nothing more happens by itself. */
export type Halt =
  | { readonly kind: 'person-needed'; readonly host: string }
  | { readonly kind: 'unreachable'; readonly host: string; readonly code: string };

/**
 * Notices that a silent sign-in will not get further by itself, from navigation and traffic alone: the pages that
 * would say so in words are the identity provider's, and not read. A request is named by whatever its browser tells
 * it apart by; an arrival is an answer to a window's own navigation, not to that of a frame in it.
 */
export class Standstill {
  readonly #underWay = new Set<unknown>();
  readonly #halt: (halt: Halt) => void;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;
  #arrivedAt = Date.now();
  #arrival: { readonly host: string; readonly status: number } | undefined;

  constructor(halt: (halt: Halt) => void) {
    this.#halt = halt;
  }

  requested(request: unknown): void {
    this.#underWay.add(request);
    this.#rearm();
  }

  ended(request: unknown): void {
    this.#underWay.delete(request);
    this.#rearm();
  }

  arrived(host: string, status: number): void {
    this.#arrivedAt = Date.now();
    this.#arrival = { host, status };
    this.#rearm();
  }

  /** A window's navigation came to nothing; `netError` is Chromium's, as `net::ERR_CONNECTION_REFUSED`. */
  failedToArrive(host: string, netError: string): void {
    const code = netError.replace('net::', '');
    // Aborted: a page that left before it was there.
    if (code !== 'ERR_ABORTED') this.#halt({ kind: 'unreachable', host, code });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #rearm(): void {
    if (this.#disposed) return;
    clearTimeout(this.#timer);
    const stuckIn = this.#arrivedAt + STUCK_MS - Date.now();
    this.#timer = setTimeout(
      () => this.#judge(),
      this.#underWay.size === 0 ? Math.min(QUIET_MS, stuckIn) : stuckIn,
    );
  }

  #judge(): void {
    if (this.#arrival === undefined) return;
    const { host, status } = this.#arrival;
    if (status >= 500) this.#halt({ kind: 'unreachable', host, code: `http-${status}` });
    else this.#halt({ kind: 'person-needed', host });
  }
}
