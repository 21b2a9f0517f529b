/**
 * The structured clone algorithm's values as text. Its source is also evaluated in pages, so it uses nothing outside
 * of itself.
 */

export interface Functions {
  /** A number for a function or promise that stays where it is. */
  keep(kind: 'function' | 'promise', value: unknown): number;
  /** What stands here for one that stayed there. */
  stub(kind: 'function' | 'promise', id: number): unknown;
}

export interface Codec {
  encode(value: unknown, functions?: Functions): string;
  decode(text: string, functions?: Functions): unknown;
}

export function makeCodec(): Codec {
  const VIEWS = {
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  } as const;
  const ERRORS: Record<string, new (message?: string) => Error> = {
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  };
  const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);
  const refuse = (): never => {
    // Electron's own words: shell/common/gin_converters/blink_converter_gin_adapter, and the IPC tutorial.
    throw new Error('An object could not be cloned.');
  };

  function encode(value: unknown, functions?: Functions): string {
    const places = new Map<object, number>();
    const nodes: unknown[] = [];

    function put(part: unknown): unknown {
      switch (typeof part) {
        case 'string':
        case 'boolean':
          return part;
        case 'number':
          if (Object.is(part, -0)) return { number: '-0' };
          return Number.isFinite(part) ? part : { number: String(part) };
        case 'undefined':
          return { undefined: true };
        case 'bigint':
          return { bigint: String(part) };
        case 'symbol':
          return refuse();
        case 'function':
          return functions === undefined ? refuse() : { function: functions.keep('function', part) };
        default:
          return part === null ? null : putObject(part as object);
      }
    }

    function putObject(part: object): unknown {
      const known = places.get(part);
      if (known !== undefined) return { at: known };
      if (functions !== undefined && tagOf(part) === 'Promise')
        return { promise: functions.keep('promise', part) };
      const index = nodes.length;
      places.set(part, index);
      nodes.push(null);
      nodes[index] = describe(part);
      return { at: index };
    }

    function describe(part: object): unknown {
      const tag = tagOf(part);
      if (Array.isArray(part))
        return ['Array', part.length, Object.keys(part).map((key) => [key, put(Reflect.get(part, key))])];
      if (part instanceof Date) return ['Date', put(part.getTime())];
      if (part instanceof RegExp) return ['RegExp', part.source, part.flags];
      if (part instanceof Map) return ['Map', [...part].map(([key, item]) => [put(key), put(item)])];
      if (part instanceof Set) return ['Set', [...part].map(put)];
      if (part instanceof Error)
        return ['Error', part.name, part.message, part.stack ?? '', 'cause' in part ? put(part.cause) : null];
      if (part instanceof ArrayBuffer) return ['ArrayBuffer', [...new Uint8Array(part)]];
      if (ArrayBuffer.isView(part))
        return [
          'View',
          tag,
          put(part.buffer),
          part.byteOffset,
          tag === 'DataView' ? part.byteLength : Reflect.get(part, 'length'),
        ];
      if (tag === 'Boolean' || tag === 'Number' || tag === 'String') return ['Boxed', put(part.valueOf())];
      if (tag !== 'Object' && tag !== 'Module') return refuse();
      return ['Object', Object.keys(part).map((key) => [key, put(Reflect.get(part, key))])];
    }

    // Without functions it is the algorithm itself that decides what can cross, and as what.
    let whole = value;
    if (functions === undefined) {
      try {
        whole = structuredClone(value);
      } catch {
        refuse();
      }
    }
    const root = put(whole);
    return JSON.stringify({ root, nodes });
  }

  function decode(text: string, functions?: Functions): unknown {
    const { root, nodes } = JSON.parse(text) as { root: unknown; nodes: [string, ...unknown[]][] };
    const made: unknown[] = [];

    function get(part: unknown): unknown {
      if (typeof part !== 'object' || part === null) return part;
      const [kind, what] = Object.entries(part)[0] as [string, never];
      switch (kind) {
        case 'number':
          return Number(what);
        case 'undefined':
          return undefined;
        case 'bigint':
          return BigInt(what);
        case 'function':
        case 'promise':
          return functions?.stub(kind, what);
        default:
          return make(what);
      }
    }

    function make(index: number): unknown {
      if (index in made) return made[index];
      const [kind, ...rest] = nodes[index] as [string, ...never[]];
      switch (kind) {
        case 'Array': {
          const list: unknown[] = Array.from({ length: 0 });
          list.length = rest[0]!;
          made[index] = list;
          for (const [key, item] of rest[1]! as [string, unknown][]) Reflect.set(list, key, get(item));
          return list;
        }
        case 'Object': {
          const object: Record<string, unknown> = {};
          made[index] = object;
          for (const [key, item] of rest[0]! as [string, unknown][])
            Object.defineProperty(object, key, {
              value: get(item),
              writable: true,
              enumerable: true,
              configurable: true,
            });
          return object;
        }
        case 'Map': {
          const map = new Map<unknown, unknown>();
          made[index] = map;
          for (const [key, item] of rest[0]! as [unknown, unknown][]) map.set(get(key), get(item));
          return map;
        }
        case 'Set': {
          const set = new Set<unknown>();
          made[index] = set;
          for (const item of rest[0]! as unknown[]) set.add(get(item));
          return set;
        }
        case 'Error': {
          const [name, message, stack, cause] = rest as unknown as [string, string, string, unknown];
          const error = new (ERRORS[name] ?? Error)(message);
          made[index] = error;
          Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
          if (cause !== null)
            Object.defineProperty(error, 'cause', { value: get(cause), writable: true, configurable: true });
          return error;
        }
        default:
          return (made[index] = makeLeaf(kind, rest));
      }
    }

    function makeLeaf(kind: string, rest: readonly unknown[]): unknown {
      const [first, second, third, fourth] = rest as never[];
      switch (kind) {
        case 'Date':
          return new Date(Number(get(first)));
        case 'RegExp':
          return new RegExp(first!, second);
        case 'ArrayBuffer':
          return new Uint8Array(first! as number[]).buffer;
        case 'View':
          return new (VIEWS[first!] as new (b: unknown, o: unknown, l: unknown) => unknown)(
            get(second),
            third,
            fourth,
          );
        default:
          return new Object(get(first));
      }
    }

    return get(root);
  }

  return { encode, decode };
}
