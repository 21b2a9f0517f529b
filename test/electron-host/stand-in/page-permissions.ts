/**
 * In the page's own world: where a page asks for something, or asks whether it has it, the application is asked. It is
 * evaluated from its source, so it uses nothing outside of itself.
 */

export interface PermissionQuestion {
  /** As Electron calls it. */
  readonly name: string;
  /** `request` may lead to a prompt; `check` only tells. */
  readonly kind: 'request' | 'check';
  readonly mediaType?: 'audio' | 'video' | undefined;
}

export function guardPermissions(ask: (question: PermissionQuestion) => Promise<boolean>): void {
  type Method = (...args: unknown[]) => unknown;

  /** Replaces a method of the platform's. */
  function replace(
    owner: object | undefined,
    method: string,
    make: (original: Method) => (self: unknown, args: unknown[]) => unknown,
  ): void {
    const original = owner === undefined ? undefined : (Reflect.get(owner, method) as Method | undefined);
    if (owner === undefined || original === undefined) return;
    const replaced = make(original);
    Reflect.defineProperty(owner, method, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: unknown[]) {
        return replaced(this, args);
      },
    });
  }

  /** By one that asks first. */
  function guard(
    owner: object | undefined,
    method: string,
    name: string,
    fail: (args: unknown[]) => unknown,
  ): void {
    replace(owner, method, (original) => async (self, args) => {
      const isGranted = await ask({ name, kind: 'request' });
      return isGranted ? Reflect.apply(original, self, args) : fail(args);
    });
  }

  const reject = (): never => {
    throw new DOMException('Permission denied', 'NotAllowedError');
  };
  const page = globalThis as unknown as Record<string, { prototype: object } & Record<string, unknown>>;
  guard(page['Notification'], 'requestPermission', 'notifications', () => 'denied');
  guard(page['MediaDevices']?.prototype, 'getUserMedia', 'media', reject);
  guard(page['MediaDevices']?.prototype, 'getDisplayMedia', 'display-capture', reject);
  guard(page['Clipboard']?.prototype, 'readText', 'clipboard-read', reject);
  guard(page['Clipboard']?.prototype, 'read', 'clipboard-read', reject);
  guard(page['Navigator']?.prototype, 'requestMIDIAccess', 'midi', reject);
  for (const method of ['getCurrentPosition', 'watchPosition'])
    guard(page['Geolocation']?.prototype, method, 'geolocation', (args) => {
      const onError = args[1] as ((error: unknown) => void) | undefined;
      onError?.({ code: 1, message: 'User denied Geolocation', PERMISSION_DENIED: 1 });
    });

  // Electron's names are those of shell/common/gin_converters/content_converter.cc.
  const checks: Readonly<Record<string, Omit<PermissionQuestion, 'kind'>>> = {
    camera: { name: 'media', mediaType: 'video' },
    microphone: { name: 'media', mediaType: 'audio' },
    push: { name: 'notifications' },
    'clipboard-write': { name: 'clipboard-sanitized-write' },
    accelerometer: { name: 'sensors' },
    gyroscope: { name: 'sensors' },
    magnetometer: { name: 'sensors' },
    'ambient-light-sensor': { name: 'sensors' },
  };
  replace(page['Permissions']?.prototype, 'query', (original) => async (self, args) => {
    // Chromium's answer is an error where the page asks for what there is not.
    const status = (await Reflect.apply(original, self, args)) as object;
    const { name, sysex } = args[0] as { name: string; sysex?: boolean };
    const asked = checks[name] ?? { name: sysex === true ? 'midiSysex' : name };
    const isGranted = await ask({ ...asked, kind: 'check' });
    // There is no `prompt` in Electron: ElectronPermissionManager::GetPermissionStatus knows these two.
    return Object.defineProperty(status, 'state', { value: isGranted ? 'granted' : 'denied' });
  });
}
